// The marks on the surface, and beside the lower axis' name what they mean. Files have the same:
// figures/loss_surfaces/marks.py.

import { fitting } from "../shared/canvas.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {{ words: string, draw: (ctx: Pen, x: number, y: number, k: number) => void }} Sign */

export const NAME_BELOW = 29; // pixels from the picture to the middle of its lower axis' name
const AFTER_SIGN = 8, BETWEEN = 14; // pixels from a sign's middle to its words, and to the next sign

/**
 * @param {Pen} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function drawStar(ctx, x, y, r) {
  ctx.beginPath();
  for (let i = 0; i < 10; i++) {
    const a = (Math.PI * i) / 5 - Math.PI / 2, reach = i % 2 ? 0.45 * r : r;
    ctx.lineTo(x + reach * Math.cos(a), y + reach * Math.sin(a));
  }
  ctx.closePath();
  ctx.fillStyle = "#fff";
  ctx.strokeStyle = "#222";
  ctx.lineWidth = 1;
  ctx.fill();
  ctx.stroke();
}

/**
 * @param {Pen} ctx
 * @param {number} x
 * @param {number} y
 */
export function drawCross(ctx, x, y) {
  for (const [width, colour] of [[3.4, "rgba(0,0,0,0.55)"], [1.6, "#fff"]]) {
    ctx.lineWidth = Number(width);
    ctx.strokeStyle = String(colour);
    cross(ctx, x, y, 4);
  }
}

/**
 * @param {Pen} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function cross(ctx, x, y, r) {
  ctx.beginPath();
  ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r);
  ctx.moveTo(x + r, y - r); ctx.lineTo(x - r, y + r);
  ctx.stroke();
}

/**
 * The path of an arrow that points outwards at an angle.
 * @param {Pen} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} angle
 */
export function arrow(ctx, x, y, angle, k = 1) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(8 * k, 0);
  ctx.lineTo(-5 * k, -6 * k);
  ctx.lineTo(-5 * k, 6 * k);
  ctx.closePath();
  ctx.restore();
}

/**
 * @param {Pen} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function disc(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = "grey";
  return ctx;
}

/** @type {Record<string, Sign>} */
const SIGNS = {
  minimum: { words: "minimum", draw: (ctx, x, y, k) => drawStar(ctx, x, y, 6 * k) },
  saddle: { words: "saddle", draw: (ctx, x, y, k) => cross(ctx, x, y, 4 * k) }, // in ink
  start: { words: "start", draw: (ctx, x, y, k) => disc(ctx, x, y, 3.8 * k).stroke() },
  step: { words: "step", draw: (ctx, x, y, k) => disc(ctx, x, y, 2.2 * k).fill() },
};

/** Steps of a race whose single steps are dots. */
export const MOST_DOTTED = 250;

/**
 * Which of the marks on the ground and along the paths are in the view.
 * @param {View} view
 */
export function signsIn(view) {
  const { minima, saddles, runs, steps } = view.lab.scene;
  const seen = (/** @type {number[]} */ [x, y]) => view.inside(view.px(x), view.py(y));
  return [...(minima.some(seen) ? ["minimum"] : []), ...(saddles.some(seen) ? ["saddle"] : []),
    ...(runs.length ? ["start"] : []), ...(runs.length && steps <= MOST_DOTTED ? ["step"] : [])];
}

/**
 * Where the words beside the lower axis' name may stand: the line's middle, and the free part on
 * either side as [from, to], in pixels.
 * @param {Pen} ctx
 * @param {View} view
 */
function free(ctx, view) {
  const { box: b, lab: { colours, type } } = view, middle = b.x + b.w / 2;
  ctx.font = `${12 * type}px ${colours.font}`;
  const half = ctx.measureText("weight w₁").width / 2 + 10 * type;
  ctx.font = `${11 * type}px ${colours.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  return { y: b.y + b.h + NAME_BELOW * type, left: [2, middle - half], right: [middle + half, view.w - 2] };
}

/**
 * What star, cross, ring and dot mean, at the left of the axis' name, as far as there is room.
 * @param {Pen} ctx
 * @param {View} view
 */
export function drawGroundKey(ctx, view) {
  const { lab: { colours, type } } = view, { y, left: [from, to] } = free(ctx, view);
  const names = signsIn(view), before = 5 * type, after = AFTER_SIGN * type, between = BETWEEN * type;
  const wide = (/** @type {string} */ name) => before + after + ctx.measureText(SIGNS[name].words).width;
  let room = to - from;
  const told = names.filter((name) => (room -= wide(name) + between) > -between);
  const whole = told.reduce((sum, name) => sum + wide(name) + between, -between);
  let x = Math.min(view.box.x, to - whole);
  for (const name of told) {
    ctx.strokeStyle = colours.ink;
    ctx.lineWidth = 1.4;
    SIGNS[name].draw(ctx, x + before, y, type);
    ctx.fillStyle = colours.ink;
    ctx.fillText(SIGNS[name].words, x + before + after, y);
    x += wide(name) + between;
  }
}

/**
 * What an arrow at the edge means, at the right of the axis' name.
 * @param {Pen} ctx
 * @param {View} view
 */
export function drawLeftKey(ctx, view) {
  const { box: b, lab: { colours, type } } = view, { y, right: [from, to] } = free(ctx, view);
  const width = (/** @type {string} */ words) => ctx.measureText(words).width, sign = 14 * type;
  const words = fitting(width, ["left the picture", "left"], to - from - sign);
  const x = Math.max(Math.min(b.x + b.w, to) - width(words), from + sign);
  ctx.fillStyle = "grey";
  arrow(ctx, x - 9 * type, y, 0, 0.6 * type);
  ctx.fill();
  ctx.fillStyle = colours.ink;
  ctx.fillText(words, x, y);
}
