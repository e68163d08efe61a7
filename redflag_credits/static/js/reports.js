// Looks again at the reports while one of them is being built. Without this script the
// "Refresh" link does the same.
"use strict";

const list = document.getElementById("report-list");
const news = document.getElementById("report-news");
const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 15000;

let shown = "";
const unfinished = () => [...list.querySelectorAll("[data-unfinished]")].map((row) => row.id);

function show(html) {
  if (html === shown) return;
  shown = html;
  const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = [...list.querySelectorAll("details[open]")].map((details) => details.id);
  const building = unfinished();
  list.innerHTML = html;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (focused) (document.getElementById(focused) || list).focus();
  // Said once when a report is over; not at every step of its bar.
  const over = building
    .map((id) => document.getElementById(id))
    .filter((row) => row && !("unfinished" in row.dataset));
  if (news && over.length) news.textContent = over.map((row) => row.dataset.says).join(". ");
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
  if (unfinished().length) setTimeout(look, next, next);
}

if (list && unfinished().length) setTimeout(look, FIRST_WAIT_MS, FIRST_WAIT_MS);
