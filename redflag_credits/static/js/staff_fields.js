// Accessible names for Django's widgets: select2 boxes have no label, and filter icons have an
// aria-label without a role.
"use strict";

function nameBox(box) {
  const select = box.closest(".select2-container").previousElementSibling;
  const label = select && select.id && document.querySelector(`label[for="${select.id}"]`);
  if (!label) return;
  label.id ||= `${select.id}-label`;
  const names = `${label.id} select2-${select.id}-container`;
  if (box.getAttribute("aria-labelledby") !== names) box.setAttribute("aria-labelledby", names);
  // The chosen value is marked as a text box within the box: make it plain text.
  const value = document.getElementById(`select2-${select.id}-container`);
  if (value) ["role", "aria-readonly"].forEach((name) => value.removeAttribute(name));
}

function nameSearch(field) {
  const open = document.querySelector(".select2-container--open .select2-selection");
  if (open) field.setAttribute("aria-labelledby", open.getAttribute("aria-labelledby"));
}

function addNames() {
  document.querySelectorAll(".select2-container .select2-selection").forEach(nameBox);
  document.querySelectorAll(".select2-search__field").forEach(nameSearch);
  document
    .querySelectorAll("span.help-tooltip[aria-label]")
    .forEach((icon) => icon.setAttribute("role", "img"));
}

// Table rows are added, and boxes opened, later.
new MutationObserver(addNames).observe(document.body, { childList: true, subtree: true });
addNames();
