// Put a file that is dropped on a form into its file field.
"use strict";

for (const input of document.querySelectorAll("input[type=file][data-drop]")) {
  const form = input.form;
  form.querySelectorAll("[data-drop-hint]").forEach((hint) => (hint.hidden = false));
  const highlight = (on) => form.classList.toggle("drop-here", on);
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    highlight(true);
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) highlight(false);
  });
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    highlight(false);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}
