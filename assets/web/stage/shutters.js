// Covers that lie in the figures themselves: they go with the page that is scrolled, and nothing that
// the page does with the line at its top takes them away. Without them no figure is seen at all
// (lecture.css), so the order in which figure, line, colours and letters arrive is of no matter.

import { covers, figures, lidOf, once } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */

/** @type {WeakMap<Element, string>} */
const laid = new WeakMap();

/**
 * @param {HTMLElement} figure
 * @param {Box[]} found
 */
function lay(figure, found) {
  const { x, y } = figure.getBoundingClientRect();
  const from = { x: x + figure.clientLeft - figure.scrollLeft, y: y + figure.clientTop - figure.scrollTop };
  const lids = once(found.filter((box) => !box.open).map(lidOf)).map((lid) => ({ ...lid, x: lid.x - from.x, y: lid.y - from.y }));
  const text = JSON.stringify(lids);
  let over = /** @type {HTMLElement | null} */ (figure.querySelector(":scope > .initopt-shutters"));
  if (!over) figure.append(over = Object.assign(document.createElement("div"), { className: "initopt-shutters" }));
  else if (laid.get(over) === text) return;
  laid.set(over, text);
  over.replaceChildren(...lids.map((lid) => {
    const made = document.createElement("div");
    Object.assign(made.style, { left: `${lid.x}px`, top: `${lid.y}px`, width: `${lid.w}px`, height: `${lid.h}px` });
    return made;
  }));
}

/** Cover what is to be covered of every figure as it lies now; only what is covered is seen. */
export function shut() {
  for (const figure of figures()) {
    const found = covers(figure);
    if (!found.length) delete figure.dataset.shut;
    else {
      lay(figure, found);
      figure.dataset.shut = "yes";
    }
  }
}

/** Take all covers away. */
export function open() {
  for (const over of document.querySelectorAll(".initopt-shutters")) over.remove();
  for (const figure of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-shut]"))) delete figure.dataset.shut;
}
