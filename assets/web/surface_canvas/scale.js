// What the surface's colours mean: a bar with five losses beside it.

import { fitting } from "../shared/canvas.js";
import { VIRIDIS } from "../shared/colours.js";
import { number } from "../shared/numbers.js";

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
  for (let k = 0; k <= 4; k++) {
    const value = field.value(k / 4), y = top + height * (1 - k / 4);
    const words = [3, 2, 1].map((digits) => (k || !field.endless ? "" : "≤ ") + number(value, digits));
    const text = fitting(wide, words, room);
    ctx.fillText(text, left, Math.min(Math.max(y, top + 4), box.y + box.h - 5));
  }
}
