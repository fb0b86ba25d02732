// Where the plots on the page are: what is covered before it is revealed. Each figure says it of
// itself, by a function `covers` of its outermost element.

/**
 * @typedef {object} Box a place, in pixels: of the element that it is said of, or of the window
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 * @property {boolean} [open] what lies below stays to be seen: the figure itself draws no answer
 *   while it is covered
 * @property {{ name: string, colour: string }[]} [lines] that are to be guessed in it, where there
 *   are several
 */

export const FIGURES = ".initopt-figure, .sc-root, .bm-root, .sf-root";
const SMALL = 40; // pixels: what is lower is no plot
const SCROLLS = 24; // pixels between two plots that are left to a finger that scrolls
export const MARGIN = 25; // pixels: who begins a line on an axis number or a plot's title means the plot
const BEYOND = 9; // pixels by which the last point of a curve may stand out of its plot

/** @param {Box} box whether it is a plot, and no print beside one */
export const isPlot = ({ h }) => h >= SMALL;

/**
 * What its cover takes: a little more than the plot.
 * @param {Box} box
 * @returns {Box}
 */
export const lidOf = ({ x, y, w, h }) => ({ x: x - 3, y: y - 3, w: w + 3 + BEYOND, h: h + 6 });

/**
 * Where a finger draws in a plot: its margin is narrower where another lies above or below it.
 * @param {Box} box
 * @param {Box[]} plots all of them
 * @returns {Box}
 */
export function padOf({ x, y, w, h }, plots) {
  const column = plots.filter((one) => one.x < x + w && x < one.x + one.w);
  const room = (/** @type {number[]} */ gaps) =>
    Math.min(MARGIN, ...gaps.filter((gap) => gap >= 0).map((gap) => Math.max((gap - SCROLLS) / 2, 0)));
  const up = room(column.map((one) => y - one.y - one.h)), down = room(column.map((one) => one.y - y - h));
  return { x: x - MARGIN, y: y - up, w: w + 2 * MARGIN, h: h + up + down };
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

/** The figures that the page has room for, whether their ink is seen yet or not. */
export const figures = () =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(FIGURES)].filter((e) => e.checkVisibility()));

/**
 * What is to be covered of a figure, whole wherever it is scrolled to, in pixels of the window.
 * @param {any} figure
 * @returns {Box[]}
 */
export function covers(figure) {
  /** @type {Box[]} */
  const said = figure.covers?.() ?? [];
  return said.filter(({ w, h }) => w > 0 && h > 0);
}

/**
 * All that are to be seen now.
 * @param {boolean} [cut] whether what its figure has scrolled out is left away
 * @returns {Box[]}
 */
export function boxes(cut = true) {
  return figures().flatMap((figure) => {
    const found = covers(figure);
    if (!cut || !figure.matches(".initopt-figure")) return found;
    const place = figure.getBoundingClientRect();
    return found.map((box) => within(box, place)).filter(({ w }) => w > 0);
  });
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
