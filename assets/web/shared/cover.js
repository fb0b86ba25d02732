// What a figure has to say and to do where its answer may be covered (assets/web/stage/guess.js).

/** @typedef {import("../stage/boxes.js").Box} Box */

/** Event of the window: the answer is covered now, or is no more. */
export const COVERED = "initopt-covered";

/** Whether the answer is covered, until it is revealed. */
export const isCovered = () => Boolean(document.documentElement.dataset.covered);

/**
 * The figure's plots may lie elsewhere from now on: nothing of it is seen until its covers do, too.
 * @param {HTMLElement} figure its outermost element
 */
export function moved(figure) {
  delete figure.dataset.shut;
}

/**
 * A box of an element as a box of the window.
 * @param {Element} element
 * @param {Box} box
 * @returns {Box}
 */
export function placed(element, box) {
  const { x, y } = element.getBoundingClientRect();
  return { ...box, x: x + box.x, y: y + box.y };
}
