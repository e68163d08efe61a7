// A print button, beside the hint for browsers without scripts.
"use strict";

const button = document.getElementById("print");

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
