// The paths over the surface: trails, the points they have reached, the starts.

import { marker } from "../shared/canvas.js";
import { strokeScale } from "../shared/type.js";
import { MOST_DOTTED, arrow, drawLeftKey } from "./signs.js";
import { crossing } from "./ways.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./protocol.js").Run} Run */
/** @typedef {CanvasRenderingContext2D} Pen */

// Far outside the canvas a line's coordinates lose their digits; the clip hides the difference.
/** @param {number} v */
const safe = (v) => Math.min(Math.max(v, -1e5), 1e5);

/**
 * Trails from step `from` (0: all anew) to step `to`.
 * @param {Pen} ctx
 * @param {View} view
 * @param {number} from
 * @param {number} to
 */
export function drawTrails(ctx, view, from, to) {
  const { runs, steps, printed } = view.lab.scene;
  if (printed) from = 0; // a dash goes on where the piece before has ended
  if (from === 0) ctx.clearRect(0, 0, view.w, view.h);
  view.clip(ctx);
  ctx.lineJoin = ctx.lineCap = "round";
  for (const run of runs) {
    const end = Math.min(to, run.last);
    if (end < from) continue;
    drawTrail(ctx, view, run, from, end);
    if (steps <= MOST_DOTTED) drawDots(ctx, view, run, from, end);
  }
  ctx.restore();
}

/**
 * @param {Pen} ctx
 * @param {View} view
 * @param {Run} run
 * @param {number} from
 * @param {number} end
 */
function drawTrail(ctx, view, run, from, end) {
  const path = new Path2D();
  path.moveTo(safe(view.px(run.w1[from])), safe(view.py(run.w2[from])));
  for (let k = from + 1; k <= end; k++) path.lineTo(safe(view.px(run.w1[k])), safe(view.py(run.w2[k])));
  ctx.strokeStyle = "rgba(255,255,255,0.75)";
  const { printed } = view.lab.scene, k = strokeScale();
  ctx.lineWidth = (printed ? PRINTED_HALO : 3.6) * k;
  ctx.stroke(path);
  ctx.strokeStyle = run.color;
  ctx.lineWidth = 2 * k;
  if (printed) setDash(ctx, run, k);
  ctx.stroke(path);
  if (printed) setSolid(ctx);
}

/** Width of a printed path's white edge, in pixels. */
const PRINTED_HALO = 6;

/**
 * @param {Pen} ctx
 * @param {{ dash: number[] }} run
 * @param {number} k size of strokes
 */
export function setDash(ctx, { dash }, k) {
  ctx.setLineDash(dash[1] ? dash.map((v) => v * k) : []);
  ctx.lineCap = "butt";
}

/** @param {Pen} ctx */
function setSolid(ctx) {
  ctx.setLineDash([]);
  ctx.lineCap = "round";
}

/**
 * @param {Pen} ctx
 * @param {View} view
 * @param {Run} run
 * @param {number} from
 * @param {number} end
 */
function drawDots(ctx, view, run, from, end) {
  ctx.fillStyle = run.color;
  ctx.beginPath();
  for (let k = from; k <= end; k++) {
    const x = view.px(run.w1[k]), y = view.py(run.w2[k]);
    if (!view.inside(x, y)) continue;
    ctx.moveTo(x + 2.2, y);
    ctx.arc(x, y, 2.2, 0, 7);
  }
  ctx.fill();
}

/**
 * Where a run is at a time between its steps, in weights.
 * @param {Run} run
 * @param {number} t
 */
export function position(run, t) {
  const k = Math.min(Math.floor(t), run.last), part = Math.min(t - k, 1);
  if (part <= 0 || k >= run.last) return [run.w1[k], run.w2[k]];
  return [run.w1[k] + (run.w1[k + 1] - run.w1[k]) * part, run.w2[k] + (run.w2[k + 1] - run.w2[k]) * part];
}

/**
 * The step under way: a line from its beginning to where the point is.
 * @param {Pen} ctx
 * @param {View} view
 * @param {number} t
 */
export function drawPresent(ctx, view, t) {
  const k = Math.floor(t);
  if (t === k) return;
  for (const run of view.lab.scene.runs) {
    if (k >= run.last) continue;
    const [x, y] = position(run, t);
    ctx.strokeStyle = run.color;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.moveTo(safe(view.px(run.w1[k])), safe(view.py(run.w2[k])));
    ctx.lineTo(safe(view.px(x)), safe(view.py(y)));
    ctx.stroke();
  }
}

/**
 * Where the racers are at time t, in pixels; those alone that are in the picture.
 * @param {View} view
 * @param {number} t
 * @returns {[number, number][]}
 */
export function places(view, t) {
  return view.lab.scene.runs.map((run) => {
    const [x, y] = position(run, t);
    return /** @type {[number, number]} */ ([view.px(x), view.py(y)]);
  }).filter(([x, y]) => view.inside(x, y));
}

/** @typedef {{ left: number, width: number, middle: number, height: number }} Words a box, in pixels */

/**
 * The points at time t; the chosen one last, so that it lies on top.
 * @param {Pen} ctx
 * @param {View} view
 * @param {number} t
 * @returns {Words[]} boxes of what is written beside them
 */
export function drawPoints(ctx, view, t) {
  const { runs } = view.lab.scene, { selected } = view.lab;
  const order = runs.map((_, i) => i).sort((i, j) => Number(i === selected) - Number(j === selected));
  const away = runs.some((run) => {
    const [x, y] = position(run, t);
    return !view.inside(view.px(x), view.py(y));
  });
  if (away) drawLeftKey(ctx, view);
  const ends = order.map((i) => drawPoint(ctx, view, runs[i], i === selected, t));
  return drawTags(ctx, view, ends.flatMap(([x, y], n) => {
    const { gone, last } = runs[order[n]];
    return gone !== null && t >= last ? [{ text: gone, x, y }] : [];
  }));
}

/**
 * @param {Pen} ctx
 * @param {View} view
 * @param {Run} run
 * @param {boolean} chosen
 * @param {number} t
 * @returns {[number, number]} where it is drawn
 */
function drawPoint(ctx, view, run, chosen, t) {
  const [wx, wy] = position(run, t);
  const x = view.px(wx), y = view.py(wy);
  ctx.fillStyle = run.color;
  ctx.strokeStyle = "#fff";
  if (view.inside(x, y)) {
    ctx.lineWidth = chosen ? 2.4 : 1.4;
    marker(ctx, run.shape, x, y, (chosen ? 7 : 5.5) * strokeScale());
    ctx.fill();
    ctx.stroke();
    return [x, y];
  }
  return drawLeft(ctx, view, ...leaving(view, run, t, [x, y]));
}

/**
 * Where a path has left the view for the last time, and where that line leads, in pixels; twice where
 * it is now if it never was in the view.
 * @param {View} view
 * @param {Run} run
 * @param {number} t
 * @param {import("./ways.js").Place} now where it is
 * @returns {[import("./ways.js").Place, import("./ways.js").Place]}
 */
function leaving(view, run, t, now) {
  const { x, y, w, h } = view.box, end = Math.min(Math.floor(t), run.last);
  let next = now;
  for (let k = end; k >= 0; k--) {
    /** @type {import("./ways.js").Place} */
    const here = [view.px(run.w1[k]), view.py(run.w2[k])];
    if (here[0] >= x && here[0] <= x + w && here[1] >= y && here[1] <= y + h) {
      return next.every(Number.isFinite) ? [crossing(here, next, [x, x + w, y, y + h]), next] : [now, now];
    }
    next = here;
  }
  return [now, now];
}

/**
 * A path that has left the view is shown where it left, pointing outwards.
 * @param {Pen} ctx
 * @param {View} view
 * @param {import("./ways.js").Place} at
 * @param {import("./ways.js").Place} to
 * @returns {[number, number]}
 */
function drawLeft(ctx, view, [x, y], [toX, toY]) {
  const { box } = view;
  const edgeX = Math.min(Math.max(Number.isFinite(x) ? x : box.x, box.x + 8), box.x + box.w - 8);
  const edgeY = Math.min(Math.max(Number.isFinite(y) ? y : box.y, box.y + 8), box.y + box.h - 8);
  arrow(ctx, edgeX, edgeY, x === toX && y === toY ? Math.atan2(y - edgeY, x - edgeX) : Math.atan2(toY - y, toX - x));
  ctx.lineWidth = 1.5;
  ctx.fill();
  ctx.stroke();
  return [edgeX, edgeY];
}

/**
 * Lines of words that do not overlap: their middles, as near as can be to those wanted, in the
 * order in which these lie.
 * @param {number[]} wanted
 * @param {number} height of a line
 * @param {number} low
 * @param {number} high
 */
export function apart(wanted, height, low, high) {
  const order = wanted.map((_, i) => i).sort((i, j) => wanted[i] - wanted[j]);
  const out = [...wanted];
  let free = low;
  for (const i of order) {
    out[i] = Math.max(wanted[i], free);
    free = out[i] + height;
  }
  free = high;
  for (const i of order.reverse()) {
    out[i] = Math.min(out[i], free);
    free = out[i] - height;
  }
  return out;
}

/**
 * Words beside points, each on the side where there is room, never beyond the picture nor over
 * one another.
 * @param {Pen} ctx
 * @param {View} view
 * @param {{ text: string, x: number, y: number }[]} tags
 * @returns {Words[]}
 */
function drawTags(ctx, view, tags) {
  const { box } = view;
  const { type, colours } = view.lab;
  ctx.font = `${11 * type}px ${colours.font}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  const placed = tags.map(({ text, x }) => {
    const width = ctx.measureText(text).width, end = box.x + box.w - 4 - width;
    const wanted = x + 12 > end ? x - 12 - width : x + 12;
    const left = Math.max(Math.min(wanted, end), box.x + 4);
    return { width, left, over: left < x + 8 && left + width > x - 8 }; // the point itself
  });
  const wanted = tags.map(({ y }, i) => y + (placed[i].over ? 18 * type : 0));
  const middles = apart(wanted, 17 * type, box.y + 10 * type, box.y + box.h - 10 * type);
  tags.forEach(({ text }, i) => {
    const { left, width } = placed[i];
    ctx.fillStyle = "rgba(255,255,255,0.85)";
    ctx.fillRect(left - 3, middles[i] - 8 * type, width + 6, 16 * type);
    ctx.fillStyle = "#222";
    ctx.fillText(text, left, middles[i]);
  });
  return placed.map(({ left, width }, i) => ({ left, width, middle: middles[i], height: 16 * type }));
}

/**
 * Rings that can be dragged.
 * @param {Pen} ctx
 * @param {View} view
 */
export function drawStarts(ctx, view) {
  for (const start of view.lab.start.marks()) {
    const x = view.px(start.x), y = view.py(start.y);
    for (const [width, colour] of [[4, "rgba(255,255,255,0.9)"], [2, start.color]]) {
      ctx.lineWidth = Number(width);
      ctx.strokeStyle = String(colour);
      ctx.beginPath();
      ctx.arc(x, y, 9, 0, 7);
      ctx.stroke();
    }
  }
}
