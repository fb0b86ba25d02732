// What lies below the paths: the surface with its contours, landmarks, axes and colour scale.

import { upwards } from "../shared/canvas.js";
import { number } from "../shared/numbers.js";
import { ticks } from "../shared/ticks.js";
import { drawScale } from "./scale.js";
import { drawCross, drawGroundKey, drawStar, NAME_BELOW } from "./signs.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {CanvasRenderingContext2D} Pen */

const MOST = 4096; // pixels of the surface's image, each way

/**
 * @param {Pen} ctx
 * @param {View} view
 */
export function drawGround(ctx, view) {
  const { lab } = view, { field, scene } = lab;
  ctx.clearRect(0, 0, view.w, view.h);
  if (field) {
    drawSurface(ctx, view, field);
    drawScale(ctx, view);
  }
  view.clip(ctx);
  for (const [x, y] of scene.saddles) drawCross(ctx, view.px(x), view.py(y));
  for (const [x, y, loss] of scene.minima) {
    drawStar(ctx, view.px(x), view.py(y), loss <= scene.lowest + 1e-6 ? 7 : 4.5);
  }
  ctx.restore();
  drawAxes(ctx, view);
  drawGroundKey(ctx, view);
}

/**
 * @param {Pen} ctx
 * @param {View} view
 * @param {import("./field.js").Field} field
 */
function drawSurface(ctx, view, field) {
  const { box } = view;
  // While pages change, a place may for a moment have any size.
  const [w, h] = [box.w, box.h].map((long) => Math.min(MOST, Math.max(1, Math.round(long) || 1)));
  view.scratch.width = w;
  view.scratch.height = h;
  view.scratch.getContext("2d").putImageData(field.image(view.view, w, h), 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(view.scratch, box.x, box.y, box.w, box.h);
  view.clip(ctx);
  const [x0, x1, y0, y1] = field.ranges;
  const kx = (view.px(x1) - view.px(x0)) / (field.n - 1), ky = (view.py(y1) - view.py(y0)) / (field.n - 1);
  const path = new Path2D();
  path.addPath(field.contours(), new DOMMatrix([kx, 0, 0, ky, view.px(x0), view.py(y0)]));
  ctx.lineWidth = 0.8;
  ctx.strokeStyle = "rgba(255,255,255,0.32)";
  ctx.stroke(path);
  ctx.restore();
}

/**
 * @param {Pen} ctx
 * @param {View} view
 */
function drawAxes(ctx, view) {
  const { box: b, lab: { colours, type } } = view, [x0, x1, y0, y1] = view.view;
  ctx.strokeStyle = colours.faint;
  ctx.fillStyle = colours.ink;
  ctx.lineWidth = 1;
  ctx.font = `${11 * type}px ${colours.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.strokeRect(b.x, b.y, b.w, b.h);
  for (const v of ticks(x0, x1, b.w / (70 * type))) {
    const x = view.px(v);
    ctx.beginPath(); ctx.moveTo(x, b.y + b.h); ctx.lineTo(x, b.y + b.h + 4); ctx.stroke();
    ctx.fillText(number(v), x, b.y + b.h + 6);
  }
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const v of ticks(y0, y1, b.h / (50 * type))) {
    const y = view.py(v);
    ctx.beginPath(); ctx.moveTo(b.x - 4, y); ctx.lineTo(b.x, y); ctx.stroke();
    ctx.fillText(number(v), b.x - 7, y);
  }
  ctx.textAlign = "center";
  ctx.font = `${12 * type}px ${colours.font}`;
  ctx.fillText("weight w₁", b.x + b.w / 2, b.y + b.h + NAME_BELOW * type);
  upwards(ctx, "weight w₂", 11 * type, b.y + b.h / 2);
}
