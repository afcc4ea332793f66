"""What two languages have in common is written once, and found again by its number."""

from __future__ import annotations

from symbackprop.pages.shared_formulas import SharedFormulas


def test_a_formula_of_the_first_language_is_referred_to_by_its_number() -> None:
    shared = SharedFormulas()
    first = ["<p><math><mi>a</mi></math> or <math><mi>b</mi></math></p>", '<svg class="drawing">lines\n</svg>']
    assert list(shared.told(first)) == first
    second = ["<p><math><mi>b</mi></math></p>", '<svg class="drawing" aria-label="c">lines\n</svg>']
    assert list(shared.repeated(second)) == [
        '<p><math data-as="1"></math></p>',
        '<svg class="drawing" aria-label="c" data-as="2"></svg>',
    ]


def test_what_only_the_second_language_has_stays() -> None:
    shared = SharedFormulas()
    list(shared.told(["<math><mi>a</mi></math>"]))
    assert list(shared.repeated(["<math><mi>c</mi></math>"])) == ["<math><mi>c</mi></math>"]


def test_the_first_of_equal_ones_is_meant() -> None:
    shared = SharedFormulas()
    list(shared.told(["<math>a</math><math>a</math><math>b</math>"]))
    assert list(shared.repeated(["<math>a</math><math>b</math>"])) == [
        '<math data-as="0"></math><math data-as="2"></math>'
    ]
