// What is covered of a race on a surface until its answer is revealed: the plots. The map stays, and
// draws no path while it is covered.

import { placed } from "../shared/cover.js";

/** @typedef {import("./surface_canvas.js").Lab} Lab */
/** @typedef {import("../stage/boxes.js").Box} Box */

/**
 * @param {Lab} lab
 * @returns {Box[]} of the window
 */
export function covers({ scene, solid, stage, view, plots, plotBox }) {
  if (!scene) return [];
  const lines = scene.runs.map((/** @type {any} */ run) => ({ name: run.label, colour: run.color }));
  const several = lines.length > 1 ? { lines } : {};
  const map = solid ? { x: 0, y: 0, w: stage.clientWidth, h: stage.clientHeight } : view.box;
  return [
    placed(stage, { ...map, open: true, ...several }),
    ...(plots.panels ?? []).map((/** @type {Box} */ { x, y, w, h }) => placed(plotBox, { x, y, w, h, ...several })),
  ];
}
