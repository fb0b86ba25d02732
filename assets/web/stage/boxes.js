// Where the plots on the page are, whoever has drawn them: what is covered before it is revealed.

import { panels } from "../live_chart/pick.js";

/** @typedef {{ x: number, y: number, w: number, h: number, open?: boolean }} Box of the window, in
 * pixels; open: what lies below is a map and stays to be seen */

/**
 * @param {Element} element
 * @param {{ x: number, y: number, w: number, h: number }} box in the element
 * @param {boolean} [open]
 * @returns {Box}
 */
function placed(element, box, open = false) {
  const { x, y } = element.getBoundingClientRect();
  return { x: x + box.x, y: y + box.y, w: box.w, h: box.h, open };
}

/**
 * What of a box lies between the left and the right of a place that it may be scrolled out of.
 * @param {Box} box
 * @param {{ left: number, right: number }} place
 * @returns {Box}
 */
export function within(box, { left, right }) {
  const x = Math.min(Math.max(box.x, left), right);
  return { ...box, x, w: Math.min(Math.max(box.x + box.w, left), right) - x };
}

/**
 * A chart's plots, and the small print above them, which may tell numbers.
 * @param {any} figure
 * @returns {Box[]}
 */
function ofChart(figure) {
  const { view } = figure, canvas = figure.querySelector("canvas");
  if (!view || !canvas) return [];
  const { left, top } = view.padding(), [ox, oy] = view.origin();
  return panels(view.scenegraph().root).flatMap((p) => {
    const x = left + ox + p.x, y = top + oy + p.y;
    const found = [placed(canvas, { x, y, w: p.width, h: p.height })];
    for (const mark of p.group.items) {
      if (mark.marktype !== "text") continue;
      for (const { bounds: b, text, fontWeight } of mark.items) {
        const head = fontWeight === "bold" || Number(fontWeight) > 500;
        if (head || b.y2 > 2 || !/\d/.test(String(text))) continue; // or in the plot, or words alone
        found.push(placed(canvas, { x: x + b.x1, y: y + b.y1, w: b.x2 - b.x1, h: b.y2 - b.y1 }));
      }
    }
    return found;
  });
}

/** @param {any} lab @returns {Box[]} */
function ofSurface(lab) {
  const map = lab.solid ? { x: 0, y: 0, w: lab.stage.clientWidth, h: lab.stage.clientHeight } : lab.view.box;
  return [placed(lab.stage, map, true), ...(lab.plots.panels ?? []).map((/** @type {any} */ p) => placed(lab.plotBox, p))];
}

const SMALL = 40; // pixels: what is lower is no plot

/** @param {Box} box whether it is a plot, and no print beside one */
export const isPlot = ({ h }) => h >= SMALL;

/**
 * All that are to be seen now.
 * @param {boolean} [cut] whether what its figure has scrolled out is left away
 * @returns {Box[]}
 */
export function boxes(cut = true) {
  /** @type {Box[]} */
  const found = [];
  const seen = (/** @type {string} */ what) => [...document.querySelectorAll(what)].filter((e) => e.checkVisibility());
  for (const figure of seen(".initopt-figure")) {
    const place = figure.getBoundingClientRect();
    found.push(...ofChart(figure).map((box) => (cut ? within(box, place) : box)));
  }
  for (const root of seen(".sc-root")) {
    const lab = /** @type {any} */ (root.parentElement)?.__lab;
    if (lab?.scene) found.push(...ofSurface(lab));
  }
  for (const [what, name] of [[".bm-root", "__map"], [".sf-root", "__figure"]]) {
    for (const root of seen(what)) {
      const one = /** @type {any} */ (root)[name];
      if (one?.box) found.push(placed(one.canvas, one.box));
    }
  }
  return found.filter(({ w, h }) => w > 0 && h > 0);
}

/**
 * The plots in their order, each once however often a chart names it, and whole wherever they are
 * scrolled to: what a guess is drawn on.
 * @returns {Box[]}
 */
export function plots() {
  return once(boxes(false).filter(isPlot));
}

/**
 * Each box once, however often a chart names it.
 * @param {Box[]} found
 */
export const once = (found) => [...new Map(found.map((box) => [JSON.stringify(box), box])).values()];
