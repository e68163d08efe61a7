// A file dropped anywhere on the form goes into its file field. Without this script the field's
// own button does the same.
"use strict";

for (const input of document.querySelectorAll("input[type=file][data-drop]")) {
  const form = input.form;
  form.querySelectorAll("[data-drop-hint]").forEach((hint) => (hint.hidden = false));
  const lit = (on) => form.classList.toggle("drop-here", on);
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    lit(true);
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) lit(false);
  });
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    lit(false);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}
