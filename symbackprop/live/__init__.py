"""The walkthrough as a page to play with: what it calculates, and what holds it."""
