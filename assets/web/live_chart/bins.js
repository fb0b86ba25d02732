// What a histogram says of the bin under a point.

import { number, percent } from "../shared/numbers.js";
import { panels } from "./pick.js";

/** @typedef {{ x: number, y: number, datum: { x: number, y: number } }} Edge */

/**
 * The bin at `x` pixels from the plot's left, null where there is none. A histogram is one area
 * of steps: the i-th point is a bin's left edge and its count, the last point closes it.
 * @param {Edge[]} edges of the area, from left to right
 * @param {number} x
 */
export function binAt(edges, x) {
  const i = edges.findIndex((edge, n) => n + 1 < edges.length && edge.x <= x && x < edges[n + 1].x);
  if (i < 0) return null;
  const counts = edges.slice(0, -1).map((edge) => edge.datum.y);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const [low, high] = [edges[i].datum.x, edges[i + 1].datum.x];
  const share = all > 0 ? counts[i] / all : 0;
  return { low, high, count: counts[i], share, density: share / (high - low) };
}

/**
 * Lines on the bin under a point of the drawing; empty where there is none.
 * @param {any} root of the scene graph
 * @param {string[]} names of the plots, in the order in which they are drawn
 * @param {number} x from the drawing's origin, in pixels
 * @param {number} y
 */
export function told(root, names, x, y) {
  const plots = panels(root);
  const at = plots.findIndex((p) =>
    x >= p.x && x <= p.x + p.width && y >= p.y && y <= p.y + p.height);
  if (at < 0) return "";
  const area = plots[at].group.items.find((/** @type {any} */ m) => m.marktype === "area");
  const bin = binAt(area?.items ?? [], x - plots[at].x);
  if (!bin) return "";
  const count = bin.count === 0.5 ? 0 : Math.round(bin.count); // half a one is the floor of log
  return [
    names[at],
    `from ${number(bin.low)} to ${number(bin.high)}`,
    `${number(count, 4)} values, ${percent(count ? bin.share : 0)} of all`,
    `density ${number(count ? bin.density : 0)}`,
  ].filter(Boolean).join("\n");
}
