// What looks the same in two languages is written out in the first one only.
const inFirst = [...document.querySelector("main").querySelectorAll("math, svg")].filter(it => !it.closest("h1, .subtitle"));

for (const element of document.querySelectorAll("[data-as]")) {
  element.innerHTML = inFirst[element.dataset.as].innerHTML;
  element.removeAttribute("data-as");
}
