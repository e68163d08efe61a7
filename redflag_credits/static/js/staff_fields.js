// Gives Django's own widgets the names that assistive technology reads: select2's boxes know no
// label, and the icons beside a filter hold theirs in an attribute that a bare span may not have.
"use strict";

function nameBox(box) {
  const select = box.closest(".select2-container").previousElementSibling;
  const label = select && select.id && document.querySelector(`label[for="${select.id}"]`);
  if (!label) return;
  label.id ||= `${select.id}-label`;
  const names = `${label.id} select2-${select.id}-container`;
  if (box.getAttribute("aria-labelledby") !== names) box.setAttribute("aria-labelledby", names);
  // What is chosen stands in a text box of its own within the box: it is the box's words.
  const chosen = document.getElementById(`select2-${select.id}-container`);
  if (chosen) ["role", "aria-readonly"].forEach((name) => chosen.removeAttribute(name));
}

function nameSearch(field) {
  const open = document.querySelector(".select2-container--open .select2-selection");
  if (open) field.setAttribute("aria-labelledby", open.getAttribute("aria-labelledby"));
}

function mend() {
  document.querySelectorAll(".select2-container .select2-selection").forEach(nameBox);
  document.querySelectorAll(".select2-search__field").forEach(nameSearch);
  document
    .querySelectorAll("span.help-tooltip[aria-label]")
    .forEach((icon) => icon.setAttribute("role", "img"));
}

// Rows of a table are added, and boxes opened, at any time.
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
