// What the surface's colours mean: a bar with its ends and round losses beside it.

import { fitting } from "../shared/canvas.js";
import { VIRIDIS } from "../shared/colours.js";
import { number } from "../shared/numbers.js";
import { ticks } from "../shared/ticks.js";

const SPECK = 1e-6; // a share of a scale that no colour shows
const NEAR = 0.08, CLOSE = 0.1; // to an end and to each other, as shares of the scale

/** The colours in a column one pixel wide, bright at the top. */
function ramp() {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 256;
  const image = new ImageData(1, 256);
  for (let i = 0; i < 256; i++) {
    image.data.set(VIRIDIS.subarray(4 * (255 - i), 4 * (256 - i)), 4 * i);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/**
 * The nearest of 1, 2 and 5 times a power of ten, as ratios go; zero stays.
 * @param {number} value
 */
function rounded(value) {
  if (!value) return 0;
  const size = Math.abs(value), power = 10 ** Math.floor(Math.log10(size));
  const off = (/** @type {number} */ m) => Math.abs(Math.log((m * power) / size));
  const near = [1, 2, 5, 10].reduce((best, m) => (off(m) < off(best) ? m : best));
  return Math.sign(value) * Number((near * power).toPrecision(12));
}

/**
 * Round losses between the ends of a scale, as figures/loss_surfaces/picture.py has them.
 * @param {{ scale: string, value: (u: number) => number, unit: (v: number) => number }} field
 */
export function roundLosses(field) {
  const low = field.value(0), high = field.value(1);
  if (!(high > low) || !Number.isFinite(high - low)) return [];
  const found = field.scale === "log" ? [0.25, 0.5, 0.75].map((u) => rounded(field.value(u))) : ticks(low, high, 5);
  /** @type {number[]} */
  const kept = [];
  for (const loss of found) {
    const u = field.unit(loss), before = kept.length ? field.unit(kept[kept.length - 1]) : -1;
    if (u >= NEAR && u <= 1 - NEAR && u - before >= CLOSE) kept.push(loss);
  }
  return kept;
}

/**
 * What the ends of the scale are called: the lowest loss of a grid, which misses its minimum by a
 * speck, is 0, as in figures/loss_surfaces/picture.py.
 * @param {{ value: (u: number) => number }} field
 * @returns {[number, number]}
 */
export function endsOf(field) {
  const low = field.value(0), high = field.value(1);
  const told = (/** @type {number} */ loss) => (Math.abs(loss) < SPECK * (high - low) ? 0 : loss);
  return [told(low), told(high)];
}

/** @type {HTMLCanvasElement | undefined} */
let madeRamp;

/**
 * The scale beside the flat picture's plot; three dimensions leave it the same place.
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./view.js").View} view
 */
export function drawScale(ctx, view) {
  const { box, lab: { colours, field, type } } = view;
  const x = box.x + box.w + 10, width = 10, top = box.y + 16 * type, height = box.h - 16 * type;
  madeRamp ??= ramp();
  ctx.drawImage(madeRamp, x, top, width, height);
  ctx.fillStyle = colours.ink;
  ctx.font = `${11 * type}px ${colours.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const wide = (/** @type {string} */ text) => ctx.measureText(text).width;
  const title = field.scale === "log" ? ["loss, log scale", "loss, log", "loss"] : ["loss"];
  ctx.fillText(fitting(wide, title, view.w - x - 1), x, box.y + 5 * type);
  const left = x + width + 4, room = view.w - left - 1;
  const [low, high] = endsOf(field);
  const places = [[0, low], ...roundLosses(field).map((v) => [field.unit(v), v]), [1, high]];
  for (const [part, value] of places) {
    const y = top + height * (1 - part);
    const words = [3, 2, 1].map((digits) => (part || !field.endless ? "" : "≤ ") + number(value, digits));
    const text = fitting(wide, words, room);
    ctx.fillText(text, left, Math.min(Math.max(y, top + 4), box.y + box.h - 5));
  }
}
