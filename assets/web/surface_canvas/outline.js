// What a surface covers of a picture, and where words beside it stand clear of that.

/** @typedef {[number, number]} Point in pixels */

/**
 * The corners of the smallest convex shape around all points, in order.
 * @param {Point[]} points
 * @returns {Point[]}
 */
export function outline(points) {
  const sorted = [...points].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  if (sorted.length < 3) return sorted;
  const half = (/** @type {Point[]} */ all) => {
    /** @type {Point[]} */
    const kept = [];
    for (const p of all) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], p) <= 0) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** @param {Point} o @param {Point} a @param {Point} b */
const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/**
 * How far the middle of words has to go so that they stand beside a convex shape; 0 where they do.
 * @param {Point} middle of the words
 * @param {Point} way of length 1
 * @param {number} width of the words
 * @param {number} height
 * @param {Point[]} shape from `outline`
 * @param {number} gap pixels that stay free between the two
 */
export function clearance(middle, way, width, height, shape, gap) {
  if (shape.length < 3) return 0;
  /** @type {Point[]} */
  const normals = [[1, 0], [-1, 0], [0, 1], [0, -1]]; // of the words' own sides, and of the shape's
  shape.forEach((p, i) => {
    const q = shape[(i + 1) % shape.length], length = Math.hypot(q[0] - p[0], q[1] - p[1]);
    if (length) normals.push([(q[1] - p[1]) / length, (p[0] - q[0]) / length]);
  });
  let least = Infinity;
  for (const [nx, ny] of normals) {
    const reach = Math.max(...shape.map(([x, y]) => nx * x + ny * y));
    const own = (Math.abs(nx) * width + Math.abs(ny) * height) / 2 + gap;
    const left = reach + own - (nx * middle[0] + ny * middle[1]); // until they part on this side
    if (left <= 0) return 0;
    const speed = nx * way[0] + ny * way[1];
    if (speed > 1e-6) least = Math.min(least, left / speed);
  }
  return Number.isFinite(least) ? least : 0;
}
