// Display the figures of the period under the pointer, or selected with the arrow keys, in one line.
// Without this script the browser displays the title of a bar, and the table has every figure.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

/** A hover area for each period, as high as the plot. */
function drawAreas(plot, count) {
  return Array.from({ length: count }, (_, number) => {
    const area = document.createElementNS(SVG, "rect");
    area.setAttribute("class", "spot");
    area.setAttribute("x", `${(number * 100) / count}%`);
    area.setAttribute("y", 0);
    area.setAttribute("width", `${100 / count}%`);
    area.setAttribute("height", plot.dataset.plotHeight);
    plot.append(area);
    return area;
  });
}

function enhance(chart, caption) {
  const sentences = [...chart.querySelectorAll(".period > title")].map((title) => {
    title.remove(); // else the browser displays it too
    return title.textContent;
  });
  const areas = drawAreas(chart.querySelector(".plot"), sentences.length);

  const output = document.createElement("output");
  output.className = "small inactive";
  output.setAttribute("aria-hidden", "true"); // the slider reads it out
  const wrapper = document.createElement("div");
  wrapper.className = "chart-caption";
  caption.replaceWith(wrapper);
  wrapper.append(caption, output);

  const cursor = document.createElement("input");
  Object.assign(cursor, { type: "range", className: "chart-cursor", min: 0 });
  Object.assign(cursor, { max: areas.length - 1, value: areas.length - 1 });
  cursor.setAttribute("aria-label", chart.dataset.cursor);
  cursor.setAttribute("aria-valuetext", sentences.at(-1));
  chart.append(cursor);

  function show(number) {
    areas.forEach((area, other) => area.classList.toggle("on", other === number));
    caption.classList.toggle("inactive", number !== null);
    output.classList.toggle("inactive", number === null);
    if (number === null) return;
    output.textContent = sentences[number];
    cursor.value = number;
    cursor.setAttribute("aria-valuetext", sentences[number]);
  }

  const showChosen = () => show(Number(cursor.value));
  cursor.addEventListener("input", showChosen);
  cursor.addEventListener("focus", showChosen);
  cursor.addEventListener("blur", () => show(null));
  for (const kind of ["pointermove", "pointerdown"]) {
    chart.addEventListener(kind, (event) => {
      const number = areas.indexOf(event.target);
      if (number >= 0) show(number);
    });
  }
  chart.addEventListener("pointerleave", (event) => {
    // A touch ends when the finger is lifted: keep the figures.
    if (event.pointerType !== "touch" && document.activeElement !== cursor) show(null);
  });
}

function enhanceNewChart() {
  const chart = document.querySelector(".chart:not(:has(.chart-cursor))");
  if (chart) enhance(chart, document.querySelector(".under-chart > p"));
}

enhanceNewChart();
document.addEventListener("htmx:after:swap", enhanceNewChart);
