"use strict";
// Each sweep has one lambda: its slider, pictures and table show it. Hovering looks at another one, a click stays there.
const numbers = (text) => text.split(" ").map(Number);

for (const sweep of document.querySelectorAll("section.sweep")) {
  const slider = sweep.querySelector("input[type=range]");
  if (!slider) continue;
  const output = sweep.querySelector("output");
  const heads = [...sweep.querySelectorAll(".numbers thead th")];
  const rows = [...sweep.querySelectorAll("tr[data-lambda]")];
  const lambdas = rows.map((row) => Number(row.dataset.lambda));
  const frames = [...sweep.querySelectorAll("[data-frame]")];
  const cursors = [...sweep.querySelectorAll(".cursor")].map((mark) => ({
    mark,
    xs: numbers(mark.dataset.x),
    lambdas: numbers(mark.dataset.lambda),
  }));
  let chosen = Number(slider.value);

  const tell = (row) => {
    const said = heads.flatMap((head, i) => {
      const text = row.cells[i].textContent;
      if (!head.classList.contains("said") || !text) return [];
      const value = document.createElement("b");
      value.textContent = text;
      const pair = document.createElement("span");
      pair.append(head.textContent + " ", value);
      return [pair, " "];
    });
    output.replaceChildren(...said);
  };

  const move = ({ mark, xs, lambdas: own }, lambda) => {
    const x = xs[own.indexOf(lambda)];
    mark.classList.toggle("on", x !== undefined);
    if (x === undefined) return;
    for (const name of mark.tagName === "line" ? ["x1", "x2"] : ["x"]) mark.setAttribute(name, x);
  };

  const turn = (lambda) => {
    const places = frames.map((frame) => Math.abs(lambdas.indexOf(Number(frame.dataset.frame)) - lambdas.indexOf(lambda)));
    const nearest = Math.min(...places);
    frames.forEach((frame, i) => frame.toggleAttribute("hidden", places[i] !== nearest));
  };

  const show = (i) => {
    slider.value = i;
    slider.setAttribute("aria-valuetext", rows[i].dataset.said);
    rows.forEach((row, k) => row.classList.toggle("current", k === i));
    cursors.forEach((cursor) => move(cursor, lambdas[i]));
    turn(lambdas[i]);
    tell(rows[i]);
  };
  const stay = (i) => show((chosen = i));
  const first = chosen;

  slider.addEventListener("input", () => stay(Number(slider.value)));
  addEventListener("keydown", (event) => event.key === "Escape" && stay(first));
  rows.forEach((row, i) => row.addEventListener("click", () => stay(i)));
  for (const { mark, xs, lambdas: own } of cursors) {
    const svg = mark.ownerSVGElement;
    const hit = svg.querySelector(".hit");
    // A column is meant by its middle, and has its left edge in data-x.
    const half = mark.tagName === "rect" ? Number(mark.getAttribute("width")) / 2 : 0;
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width - half;
      const far = xs.map((each) => Math.abs(each - x));
      return lambdas.indexOf(own[far.indexOf(Math.min(...far))]);
    };
    hit.addEventListener("pointermove", (event) => show(at(event)));
    hit.addEventListener("click", (event) => stay(at(event)));
    hit.addEventListener("pointerleave", () => show(chosen));
  }
  sweep.querySelectorAll(".scripted").forEach((each) => (each.hidden = false));
  show(chosen);
}
// What is folded up on the screen is printed too.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => (each.open = true)));
