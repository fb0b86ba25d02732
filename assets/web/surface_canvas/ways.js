// A path cut at the edge of the window, as initopt_core/figures/loss_surfaces/ways.py does it.

/** @typedef {[number, number]} Place weights */

/** @param {number} v @param {number} low @param {number} high */
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

/**
 * Where the line from a place inside to one beyond crosses the edge.
 * @param {Place} from
 * @param {Place} to
 * @param {number[]} ranges x0, x1, y0, y1
 * @returns {Place}
 */
export function crossing(from, to, ranges) {
  let share = 1;
  for (const i of [0, 1]) {
    const step = to[i] - from[i];
    if (step) share = Math.min(share, (ranges[2 * i + Number(step > 0)] - from[i]) / step);
  }
  return [clamp(from[0] + share * (to[0] - from[0]), ranges[0], ranges[1]),
    clamp(from[1] + share * (to[1] - from[1]), ranges[2], ranges[3])];
}

/**
 * The path's places, those beyond the window moved to its edge, to where the path crosses it if a
 * neighbour is inside; which are inside; and how many lines with an end inside lead to each place.
 * @param {Place[]} way
 * @param {number[]} ranges
 */
export function cut(way, ranges) {
  const [x0, x1, y0, y1] = ranges;
  const inside = way.map(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1);
  const places = way.map((w, i) => {
    if (inside[i]) return w;
    const near = [i - 1, i + 1].find((k) => inside[k]);
    if (near !== undefined && w.every(Number.isFinite)) return crossing(way[near], w, ranges);
    return /** @type {Place} */ ([clamp(w[0] || 0, x0, x1), clamp(w[1] || 0, y0, y1)]);
  });
  let count = 0;
  const lines = inside.map((one, i) => i && (one || inside[i - 1]) ? ++count : count);
  return { places, inside, lines };
}
