// What is drawn on covers: lines that belong to a plot, kept for each scene as long as the page lives,
// and by `drafts.js` as long as its tab does.

import { MARGIN } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */
/**
 * @typedef {{ plot: number, line?: number, places: [number, number][] }} Stroke number of its plot,
 *   and of the line in it that it guesses, where there are several; its places are parts of the
 *   plot's width and height from its upper left corner: it goes with the plot, whatever its size
 */

const INK = "#111111", HALO = "#ffdd00", WIDTH = 5; // a marker's: no optimizer has them

/** @type {Map<string, Stroke[]>} */
export const kept = new Map();
/** @type {WeakMap<Stroke[], Stroke[][]>} */
const cleared = new WeakMap(); // what was taken from these lines all at once

/**
 * The lines of a scene; the same list whenever it is asked for.
 * @param {string} scene
 * @returns {Stroke[]}
 */
export function strokesOf(scene) {
  const found = kept.get(scene) ?? [];
  kept.set(scene, found);
  return found;
}

/**
 * Take all lines away; `restored` brings them back.
 * @param {Stroke[]} strokes
 */
export function clear(strokes) {
  if (strokes.length) cleared.set(strokes, [...(cleared.get(strokes) ?? []), strokes.splice(0)]);
}

/**
 * What the last `clear` took, which is there again where nothing was drawn since; null for nothing.
 * @param {Stroke[]} strokes
 */
export function restored(strokes) {
  const back = strokes.length ? undefined : cleared.get(strokes)?.pop();
  if (!back) return null;
  strokes.push(...back);
  return back;
}

/** @param {Stroke[]} strokes whether an undo has something to do */
export const undoes = (strokes) => strokes.length > 0 || Boolean(cleared.get(strokes)?.length);

/**
 * How far a point is from a box, in pixels; 0 in it.
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
function distance(box, x, y) {
  const dx = Math.max(box.x - x, 0, x - box.x - box.w);
  return Math.hypot(dx, Math.max(box.y - y, 0, y - box.y - box.h));
}

/**
 * A new line in the plot that is nearest; null where none is near.
 * @param {Box[]} plots
 * @param {number} x of the window, in pixels
 * @param {number} y
 * @returns {Stroke | null}
 */
export function begun(plots, x, y) {
  const far = plots.map((box) => distance(box, x, y)), least = Math.min(...far);
  if (!plots.length || least > MARGIN) return null;
  return lengthened({ plot: far.indexOf(least), places: [] }, plots, x, y);
}

/**
 * The line goes on to here; what is in the plot's margin is at its edge, what is farther is not seen.
 * @param {Stroke} stroke
 * @param {Box[]} plots
 * @param {number} x
 * @param {number} y
 */
export function lengthened(stroke, plots, x, y) {
  const box = plots[stroke.plot];
  if (!box) return stroke;
  const near = distance(box, x, y) <= MARGIN;
  const at = (/** @type {number} */ part) => (near ? Math.min(Math.max(part, 0), 1) : part);
  stroke.places.push([at((x - box.x) / box.w), at((y - box.y) / box.h)]);
  return stroke;
}

/**
 * Where a line is now, in pixels of the window; nowhere where its plot is not there.
 * @param {Stroke} stroke
 * @param {Box[]} plots
 * @returns {[number, number][]}
 */
export function placed({ plot, places }, plots) {
  const box = plots[plot];
  return box ? places.map(([x, y]) => [box.x + x * box.w, box.y + y * box.h]) : [];
}

/**
 * The strokes that stand: of several for one line of a plot the last.
 * @param {Stroke[]} strokes
 */
export const standing = (strokes) => strokes.filter(({ plot, line }, i) =>
  line === undefined || !strokes.some((other, k) => k > i && other.plot === plot && other.line === line));

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Stroke[]} strokes
 * @param {Box[]} plots
 */
export function ink(ctx, strokes, plots) {
  ctx.lineJoin = ctx.lineCap = "round";
  const all = standing(strokes).map((one) => ({
    line: placed(one, plots), core: one.line === undefined ? undefined : plots[one.plot]?.lines?.[one.line]?.colour,
  })).filter(({ line }) => line.length);
  for (const { line, core } of all) {
    /** @type {[string, number][]} */
    const layers = core ? [[HALO, WIDTH + 6], [INK, WIDTH + 3], [core, WIDTH]] : [[HALO, WIDTH + 4], [INK, WIDTH]];
    for (const [colour, width] of layers) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.moveTo(...line[0]);
      for (const place of line) ctx.lineTo(...place);
      ctx.stroke();
    }
  }
}

/**
 * The keyboard's pen.
 * @param {CanvasRenderingContext2D} ctx
 * @param {[number, number]} at
 * @param {boolean} down
 */
export function pen(ctx, at, down) {
  ctx.fillStyle = down ? INK : HALO;
  ctx.strokeStyle = down ? HALO : INK;
  ctx.lineWidth = 3;
  ctx.beginPath();
  ctx.arc(...at, 9, 0, 7);
  ctx.fill();
  ctx.stroke();
}
