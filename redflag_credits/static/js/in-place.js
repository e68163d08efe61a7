// How parts of a page that htmx fetches behave: what fails is said, what came is read out, the
// keyboard stays where it was. Without htmx the same links and forms load whole pages.
"use strict";

Object.assign(htmx.config, {
  history: "reload", // what the browser's buttons lead back to is loaded anew, as it is by now
  noSwap: [204, 304, "4xx", "5xx"], // a page that refuses something is no part of this one
  defaultSettleDelay: 0, // else it copies style attributes, which the policy forbids
  morphIgnore: [...htmx.config.morphIgnore, "open"], // what people opened stays open
});

const trouble = document.getElementById("trouble");
const news = document.getElementById("news");
const STALE_AFTER_MS = 5 * 60_000;
const FAILED_LOOKS = 3; // in a row, before it is worth a word

let failedLooks = 0;
let before = new Map();
let goes = null; // the id of where a link leads
let focusAfter = null; // that of where the keyboard goes on, if its own place is gone

// Whether the page itself looks again, unasked.
const isLook = (ctx) => ctx.sourceEvent?.type === "every";

const unfinished = (part) =>
  new Map([...part.querySelectorAll("[data-unfinished]")].map((row) => [row.id, row]));

function say(kind) {
  for (const words of trouble.querySelectorAll("[data-for]")) {
    words.hidden = words.dataset.for !== kind;
  }
  trouble.hidden = kind === null;
}

function lead(element) {
  element.closest("details")?.setAttribute("open", "");
  element.scrollIntoView({ block: "start" });
  element.focus({ preventScroll: true });
}

function failed(ctx, kind) {
  if (!isLook(ctx)) return say(kind);
  if (kind === "refused") return location.reload(); // which says why
  failedLooks += 1;
  if (failedLooks >= FAILED_LOOKS) say(kind);
}

// A page that was left open says that it has grown old, beside the time that it is of.
setInterval(() => {
  for (const stale of document.querySelectorAll("[data-as-of]")) {
    stale.hidden = Date.now() - Date.parse(stale.dataset.asOf) < STALE_AFTER_MS;
  }
}, 30_000);

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (isLook(ctx) && document.hidden) event.preventDefault();
  ctx.request.anchor = undefined; // which leads a whole page to its part: here one is there still
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (!isLook(ctx)) ctx.target?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:finally:request", (event) => {
  event.detail.ctx.target?.removeAttribute("aria-busy");
});

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  failed(ctx, ctx.response.status >= 500 ? "fault" : "refused");
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) failed(event.detail.ctx, "unreachable");
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  before = unfinished(ctx.target);
  goes = ctx.sourceElement.closest("[data-goes]")?.dataset.goes;
  focusAfter = ctx.sourceElement.closest("[data-focus-after]")?.dataset.focusAfter;
});

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.swap === "none") return;
  failedLooks = 0;
  say(null);
  const part = document.getElementById(ctx.target.id);
  // Of what was under way: said once, when it is over, not at every step of its bar.
  const over = [...before.keys()]
    .map((id) => document.getElementById(id))
    .filter((row) => row && !("unfinished" in row.dataset));
  if (over.length) news.textContent = over.map((row) => row.dataset.says).join(". ");
  else if (!isLook(ctx) && part?.dataset.says) news.textContent = part.dataset.says;
  const led = part?.querySelector("[aria-invalid=true]") ?? document.getElementById(goes);
  if (led) lead(led);
  else if (document.activeElement === document.body) {
    (document.getElementById(focusAfter) ?? part)?.focus({ preventScroll: true });
  }
});
