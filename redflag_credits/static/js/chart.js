// Says in one line what stands at the bar that is pointed at, or that the arrow keys chose.
// Without this script the browser shows the same words beside the pointer, and the table has
// every figure.
"use strict";

function explain(chart, caption) {
  const spots = [...chart.querySelectorAll(".spot")];
  const words = spots.map((spot) => {
    const title = spot.querySelector("title");
    title.remove(); // one explanation is enough
    return title.textContent;
  });

  const output = document.createElement("output");
  output.className = "small hushed";
  output.setAttribute("aria-hidden", "true"); // the slider says it
  const said = document.createElement("div");
  said.className = "said";
  caption.replaceWith(said);
  said.append(caption, output);

  const cursor = document.createElement("input");
  Object.assign(cursor, { type: "range", className: "chart-cursor", min: 0 });
  Object.assign(cursor, { max: spots.length - 1, value: spots.length - 1 });
  cursor.setAttribute("aria-label", chart.dataset.cursor);
  cursor.setAttribute("aria-valuetext", words.at(-1));
  chart.append(cursor);

  function show(number) {
    spots.forEach((spot, other) => spot.classList.toggle("on", other === number));
    caption.classList.toggle("hushed", number !== null);
    output.classList.toggle("hushed", number === null);
    if (number === null) return;
    output.textContent = words[number];
    cursor.value = number;
    cursor.setAttribute("aria-valuetext", words[number]);
  }

  const choose = () => show(Number(cursor.value));
  cursor.addEventListener("input", choose);
  cursor.addEventListener("focus", choose);
  cursor.addEventListener("blur", () => show(null));
  for (const kind of ["pointermove", "pointerdown"]) {
    chart.addEventListener(kind, (event) => {
      const number = spots.indexOf(event.target);
      if (number >= 0) show(number);
    });
  }
  chart.addEventListener("pointerleave", (event) => {
    // A finger has left as soon as it was there: its words stay.
    if (event.pointerType !== "touch" && document.activeElement !== cursor) show(null);
  });
}

function look() {
  const chart = document.querySelector(".chart:not(:has(.chart-cursor))");
  if (chart) explain(chart, document.querySelector(".under-chart > p"));
}

look();
document.addEventListener("htmx:after:swap", look); // another chart may have come
