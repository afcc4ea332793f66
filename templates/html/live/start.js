// Light and dark, languages, and the first look.
const THEMES = ["auto", "light", "dark"];
const theme = document.getElementById("theme");

theme.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "auto", next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  document.documentElement.dataset.theme = next;
  theme.dataset.word = `theme.${next}`;
  theme.textContent = word(`theme.${next}`, {});
});

for (const button of document.querySelectorAll("[data-speak]")) {
  button.addEventListener("click", () => {
    const wasPractising = practice.getAttribute("aria-pressed") === "true";
    if (wasPractising) practice.click();
    speak(button.dataset.speak);
    showTraining();
    say("language", {});
  });
}

speak(language);
calculate();
restartHistory();
show();
document.documentElement.classList.add("alive");
