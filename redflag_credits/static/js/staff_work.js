// Follows what a worker does for this page, and shows the page anew when it is over. Without
// this script the link "Look again" does the same.
"use strict";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10000;

// What stands beside a form is replaced alone: what was typed there must not go.
function show(page, part) {
  const fresh = part && page.getElementById(part.id);
  if (fresh) part.replaceWith(fresh);
  else location.reload();
}

async function follow(waitMs) {
  let next = Math.min(waitMs * 1.3, LONGEST_WAIT_MS);
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.redirected || answer.status === 403 || answer.status === 404) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-working]");
    const shown = document.querySelector("[data-working]");
    if (answer.ok && !now) {
      show(page, shown.closest("[data-part]"));
      return;
    }
    if (now && now.innerHTML !== shown.innerHTML) shown.innerHTML = now.innerHTML;
  } catch {
    next = LONGEST_WAIT_MS; // no network for a while: keep what is shown
  }
  setTimeout(follow, next, next);
}

if (document.querySelector("[data-working]")) setTimeout(follow, FIRST_WAIT_MS, FIRST_WAIT_MS);
