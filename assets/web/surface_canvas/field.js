// A grid of loss values: colours, contour lines, readings between its points.

import { VIRIDIS } from "../shared/colours.js";

const STEEP = 1e4; // log colours: the lowest ten-thousandth of the range gets the first colour

/** @typedef {[number, number, number, number]} Ranges w1 low and high, w2 low and high */

export class Field {
  /**
   * @param {Float32Array} values n x n losses, row j is w2 from low to high; NaN is left blank
   * @param {number} n
   * @param {Ranges} ranges of the outermost grid points
   * @param {string} scale of the colours, "linear" or "log"
   */
  constructor(values, n, ranges, scale) {
    this.values = values;
    this.n = n;
    this.ranges = ranges;
    this.scale = scale;
    /** @type {Path2D | undefined} */
    this.paths = undefined;
    let low = Infinity, high = -Infinity;
    for (const v of values) {
      if (v < low && v > -Infinity) low = v;
      if (v > high && v < Infinity) high = v;
    }
    /** Whether losses go on below what the colours tell: towards minus infinity. */
    this.endless = values.includes(-Infinity);
    this.low = Number.isFinite(low) ? low : 0;
    this.high = high > this.low ? high : this.low + 1;
  }

  /**
   * Place of a loss along the colours, 0 to 1.
   * @param {number} v
   */
  unit(v) {
    const u = Math.min(Math.max((v - this.low) / (this.high - this.low), 0), 1);
    return this.scale === "log" ? Math.log1p(STEEP * u) / Math.log1p(STEEP) : u;
  }

  /**
   * The loss at a place along the colours, 0 to 1: the inverse of `unit`.
   * @param {number} u
   */
  value(u) {
    const part = this.scale === "log" ? Math.expm1(u * Math.log1p(STEEP)) / STEEP : u;
    return this.low + part * (this.high - this.low);
  }

  /**
   * Bilinear reading; NaN outside the grid.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const [x0, x1, y0, y1] = this.ranges;
    const n = this.n;
    const gx = ((x - x0) / (x1 - x0)) * (n - 1);
    const gy = ((y - y0) / (y1 - y0)) * (n - 1);
    if (!(gx >= 0 && gy >= 0 && gx <= n - 1 && gy <= n - 1)) return NaN;
    const i = Math.min(Math.floor(gx), n - 2), j = Math.min(Math.floor(gy), n - 2);
    const fx = gx - i, fy = gy - j, v = this.values, k = j * n + i;
    return (v[k] * (1 - fx) + v[k + 1] * fx) * (1 - fy) + (v[k + n] * (1 - fx) + v[k + n + 1] * fx) * fy;
  }

  /**
   * Slope of the readings, by differences over one grid width.
   * @param {number} x
   * @param {number} y
   */
  gradient(x, y) {
    const [x0, x1, y0, y1] = this.ranges;
    const dx = (x1 - x0) / (this.n - 1) / 2, dy = (y1 - y0) / (this.n - 1) / 2;
    return [
      (this.at(x + dx, y) - this.at(x - dx, y)) / (2 * dx),
      (this.at(x, y + dy) - this.at(x, y - dy)) / (2 * dy),
    ];
  }

  /**
   * The part of the surface in `view` as an image of w x h pixels; values, not colours, are
   * interpolated, so it stays smooth at any zoom.
   * @param {Ranges} view
   * @param {number} w
   * @param {number} h
   */
  image(view, w, h) {
    const [x0, x1, y0, y1] = this.ranges;
    const n = this.n, v = this.values;
    const out = new ImageData(w, h);
    const pixels = new Uint32Array(out.data.buffer);
    const ink = new Uint32Array(VIRIDIS.buffer);
    const log = this.scale === "log", norm = 255 / Math.log1p(STEEP);
    const low = this.low, span = this.high - this.low;
    const cols = new Int32Array(w), parts = new Float32Array(w);
    for (let px = 0; px < w; px++) {
      const g = ((view[0] + ((px + 0.5) / w) * (view[1] - view[0]) - x0) / (x1 - x0)) * (n - 1);
      cols[px] = g >= -0.5 && g <= n - 0.5 ? Math.min(Math.max(Math.floor(g), 0), n - 2) : -1;
      parts[px] = Math.min(Math.max(g - cols[px], 0), 1);
    }
    for (let py = 0; py < h; py++) {
      const g = ((view[3] - ((py + 0.5) / h) * (view[3] - view[2]) - y0) / (y1 - y0)) * (n - 1);
      if (!(g >= -0.5 && g <= n - 0.5)) continue;
      const j = Math.min(Math.max(Math.floor(g), 0), n - 2);
      const fy = Math.min(Math.max(g - j, 0), 1);
      for (let px = 0; px < w; px++) {
        const i = cols[px];
        if (i < 0) continue;
        const fx = parts[px], k = j * n + i;
        const a = v[k] + (v[k + 1] - v[k]) * fx;
        const b = v[k + n] + (v[k + n + 1] - v[k + n]) * fx;
        const u = (a + (b - a) * fy - low) / span;
        if (u !== u) continue; // no number here: the paper shows
        const c = log ? Math.log1p(STEEP * (u > 0 ? (u < 1 ? u : 1) : 0)) * norm : u * 255;
        pixels[py * w + px] = ink[c > 0 ? (c < 255 ? c | 0 : 255) : 0];
      }
    }
    return out;
  }

  /** Contour lines as a Path2D in grid units (marching squares), `count` levels even in colour. */
  contours(count = 14) {
    if (this.paths) return this.paths;
    const path = new Path2D();
    const n = this.n, v = this.values;
    const levels = Array.from({ length: count }, (_, k) => this.value((k + 1) / (count + 1)));
    for (let j = 0; j < n - 1; j++) {
      for (let i = 0; i < n - 1; i++) {
        const k = j * n + i;
        const a = v[k], b = v[k + 1], c = v[k + n + 1], d = v[k + n];
        const low = Math.min(a, b, c, d), high = Math.max(a, b, c, d);
        if (!(low < high)) continue;
        for (const z of levels) {
          if (z <= low || z > high) continue;
          const cuts = [];
          if ((a < z) !== (b < z)) cuts.push(i + (z - a) / (b - a), j);
          if ((b < z) !== (c < z)) cuts.push(i + 1, j + (z - b) / (c - b));
          if ((d < z) !== (c < z)) cuts.push(i + (z - d) / (c - d), j + 1);
          if ((a < z) !== (d < z)) cuts.push(i, j + (z - a) / (d - a));
          for (let m = 0; m + 3 < cuts.length; m += 4) {
            path.moveTo(cuts[m], cuts[m + 1]);
            path.lineTo(cuts[m + 2], cuts[m + 3]);
          }
        }
      }
    }
    return (this.paths = path);
  }
}
