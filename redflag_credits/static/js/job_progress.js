// Poll the progress of a background job, and refresh the page when it ends. Without this script
// the link "Look again" does the same.
"use strict";

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 10000;

// Replace only the part beside a form, to keep what was typed.
function refresh(page, part) {
  const fresh = part && page.getElementById(part.id);
  if (fresh) part.replaceWith(fresh);
  else location.reload();
}

async function poll(waitMs) {
  let next = Math.min(waitMs * 1.3, MAX_WAIT_MS);
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (response.redirected || response.status === 403 || response.status === 404) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const current = page.querySelector("[data-job]");
    const displayed = document.querySelector("[data-job]");
    if (response.ok && !current) {
      refresh(page, displayed.closest("[data-part]"));
      return;
    }
    if (current && current.innerHTML !== displayed.innerHTML) displayed.innerHTML = current.innerHTML;
  } catch {
    next = MAX_WAIT_MS; // no network: keep the page
  }
  setTimeout(poll, next, next);
}

if (document.querySelector("[data-job]")) setTimeout(poll, FIRST_WAIT_MS, FIRST_WAIT_MS);
