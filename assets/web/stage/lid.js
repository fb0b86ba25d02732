// What a cover looks like: paper, and where a guess is asked for a question mark.

import { isPlot, lidOf } from "./boxes.js";

/**
 * The cover of one plot, or of print beside one.
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./boxes.js").Box} box
 * @param {string} ink
 * @param {string} paper
 * @param {boolean} asks whether nothing is guessed in it yet
 */
export function drawLid(ctx, box, ink, paper, asks) {
  const { x, y, w, h } = box, lid = lidOf(box);
  ctx.fillStyle = paper;
  ctx.fillRect(lid.x, lid.y, lid.w, lid.h);
  if (!isPlot(box)) return;
  ctx.globalAlpha = 0.45;
  ctx.strokeStyle = ctx.fillStyle = ink;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([7, 6]);
  ctx.strokeRect(x, y, w, h);
  ctx.setLineDash([]);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.font = `600 ${Math.max(20, Math.min(w, h) / 3)}px sans-serif`;
  ctx.globalAlpha = 0.2;
  if (asks) ctx.fillText("?", x + w / 2, y + h / 2);
  ctx.globalAlpha = 1;
}
