// Parts of a page that htmx fetches: report failures, announce results to screen readers, keep the
// focus. Without htmx the same links and forms load whole pages.
"use strict";

Object.assign(htmx.config, {
  history: "reload", // the browser's buttons load a fresh page
  noSwap: [204, 304, "4xx", "5xx"], // an error page is not swapped in
  defaultSettleDelay: 0, // else it copies style attributes, which the CSP forbids
  morphIgnore: [...htmx.config.morphIgnore, "open"], // opened details stay open
});

const trouble = document.getElementById("trouble");
const news = document.getElementById("news");
const STALE_AFTER_MS = 5 * 60_000;
const MAX_FAILED_POLLS = 3; // in a row, before a message

let failedPolls = 0;
let before = new Map();
let goal = null; // the id of the element that a link leads to
let focusAfter = null; // the id to focus if the focused element is gone

const isPoll = (ctx) => ctx.sourceEvent?.type === "every";

const unfinished = (part) =>
  new Map([...part.querySelectorAll("[data-unfinished]")].map((row) => [row.id, row]));

function showError(kind) {
  for (const message of trouble.querySelectorAll("[data-for]")) {
    message.hidden = message.dataset.for !== kind;
  }
  trouble.hidden = kind === null;
}

function reveal(element) {
  element.closest("details")?.setAttribute("open", "");
  element.scrollIntoView({ block: "start" });
  element.focus({ preventScroll: true });
}

function handleFailure(ctx, kind) {
  if (!isPoll(ctx)) return showError(kind);
  if (kind === "refused") return location.reload(); // the whole page has the reason
  failedPolls += 1;
  if (failedPolls >= MAX_FAILED_POLLS) showError(kind);
}

// Mark figures of a page that was left open as stale.
setInterval(() => {
  for (const stale of document.querySelectorAll("[data-as-of]")) {
    stale.hidden = Date.now() - Date.parse(stale.dataset.asOf) < STALE_AFTER_MS;
  }
}, 30_000);

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (isPoll(ctx) && document.hidden) event.preventDefault();
  ctx.request.anchor = undefined; // a fragment would scroll, but the part is in view already
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (!isPoll(ctx)) ctx.target?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:finally:request", (event) => {
  event.detail.ctx.target?.removeAttribute("aria-busy");
});

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  handleFailure(ctx, ctx.response.status >= 500 ? "fault" : "refused");
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) handleFailure(event.detail.ctx, "unreachable");
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  before = unfinished(ctx.target);
  goal = ctx.sourceElement.closest("[data-goes]")?.dataset.goes;
  focusAfter = ctx.sourceElement.closest("[data-focus-after]")?.dataset.focusAfter;
});

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.swap === "none") return;
  failedPolls = 0;
  showError(null);
  const part = document.getElementById(ctx.target.id);
  // Announce a job once, when it has ended, not at every step of its progress.
  const ended = [...before.keys()]
    .map((id) => document.getElementById(id))
    .filter((row) => row && !("unfinished" in row.dataset));
  if (ended.length) news.textContent = ended.map((row) => row.dataset.announcement).join(". ");
  else if (!isPoll(ctx) && part?.dataset.announcement) news.textContent = part.dataset.announcement;
  const target = part?.querySelector("[aria-invalid=true]") ?? document.getElementById(goal);
  if (target) reveal(target);
  else if (document.activeElement === document.body) {
    (document.getElementById(focusAfter) ?? part)?.focus({ preventScroll: true });
  }
});
