// Looks again at the reports while one of them is being built. Without this script the
// "Refresh" link does the same.
"use strict";

const list = document.getElementById("report-list");
const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 15000;

const unfinished = () => list.querySelector("[data-unfinished]") !== null;

function show(html) {
  if (html === list.innerHTML) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
  list.innerHTML = html;
  if (focused) (document.getElementById(focused) || list).focus();
}

async function look(waitMs) {
  let next = Math.min(waitMs * 1.2, LONGEST_WAIT_MS);
  try {
    const answer = await fetch(list.dataset.address, { credentials: "same-origin" });
    if (answer.redirected || answer.status === 403 || answer.status === 404) return;
    if (answer.ok) show(await answer.text());
  } catch {
    next = LONGEST_WAIT_MS; // no network for a while: keep what is shown
  }
  if (unfinished()) setTimeout(look, next, next);
}

if (list && unfinished()) setTimeout(look, FIRST_WAIT_MS, FIRST_WAIT_MS);
