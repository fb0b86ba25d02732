// A grid of loss values: colours, contour lines, readings between its points.

const S = (globalThis.initoptSurface ??= {});
if (import.meta.url.startsWith("http")) await import(new URL("../shared/numbers.js", import.meta.url).href);

// Viridis (Smith & van der Walt 2015, CC0) at 17 evenly spaced places.
const STOPS = ("440154 481668 472878 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 " +
  "3fbc73 5ec962 84d44b addc30 d8e219 fde725").split(" ");

const table = new Uint8ClampedArray(256 * 4);
for (let i = 0; i < 256; i++) {
  const at = (i / 255) * (STOPS.length - 1);
  const k = Math.min(Math.floor(at), STOPS.length - 2);
  for (let c = 0; c < 3; c++) {
    const a = parseInt(STOPS[k].slice(2 * c, 2 * c + 2), 16);
    const b = parseInt(STOPS[k + 1].slice(2 * c, 2 * c + 2), 16);
    table[4 * i + c] = a + (b - a) * (at - k);
  }
  table[4 * i + 3] = 255;
}
S.colours = table;

const STEEP = 1e4; // log colours: the lowest ten-thousandth of the range gets the first colour

// values: Float32Array n x n, row j is w2 from low to high. ranges: [x0, x1, y0, y1].
S.Field = class {
  constructor(values, n, ranges, scale) {
    Object.assign(this, { values, n, ranges, scale });
    let low = Infinity, high = -Infinity;
    for (const v of values) {
      if (v < low) low = v;
      if (v > high && v < Infinity) high = v;
    }
    this.low = Number.isFinite(low) ? low : 0;
    this.high = high > this.low ? high : this.low + 1;
  }

  // Loss -> 0..1 along the colours, and back.
  unit(v) {
    const u = Math.min(Math.max((v - this.low) / (this.high - this.low), 0), 1);
    return this.scale === "log" ? Math.log1p(STEEP * u) / Math.log1p(STEEP) : u;
  }

  value(u) {
    const part = this.scale === "log" ? Math.expm1(u * Math.log1p(STEEP)) / STEEP : u;
    return this.low + part * (this.high - this.low);
  }

  // Bilinear reading; NaN outside the grid.
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

  gradient(x, y) {
    const [x0, x1, y0, y1] = this.ranges;
    const dx = (x1 - x0) / (this.n - 1) / 2, dy = (y1 - y0) / (this.n - 1) / 2;
    return [
      (this.at(x + dx, y) - this.at(x - dx, y)) / (2 * dx),
      (this.at(x, y + dy) - this.at(x, y - dy)) / (2 * dy),
    ];
  }

  // The part of the surface in `view` as an image of w x h pixels; values, not colours, are
  // interpolated, so it stays smooth at any zoom.
  image(view, w, h) {
    const [x0, x1, y0, y1] = this.ranges;
    const n = this.n, v = this.values;
    const out = new ImageData(w, h);
    const pixels = new Uint32Array(out.data.buffer);
    const ink = new Uint32Array(table.buffer);
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

  // Contour lines as a Path2D in grid units (marching squares), `count` levels even in colour.
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
};

// A canvas of w x h CSS pixels at the screen's own density; its context, measured in CSS pixels.
S.fit = (canvas, w, h, ratio = Math.min(window.devicePixelRatio || 1, 2)) => {
  canvas.width = Math.round(w * ratio);
  canvas.height = Math.round(h * ratio);
  canvas.style.width = `${w}px`;
  canvas.style.height = `${h}px`;
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
};

S.short = (v) => globalThis.initoptNumbers.number(v);

// Round numbers between low and high, about `count` of them.
S.ticks = (low, high, count) => {
  const raw = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const out = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    out.push(Number((k * step).toPrecision(12)));
  }
  return out;
};

// The marker shapes of the theme, centred on (x, y).
S.marker = (ctx, shape, x, y, r) => {
  const poly = (points) => {
    points.forEach(([a, b], i) => (i ? ctx.lineTo(x + a * r, y + b * r) : ctx.moveTo(x + a * r, y + b * r)));
    ctx.closePath();
  };
  ctx.beginPath();
  switch (shape) {
    case "square": return ctx.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r);
    case "diamond": return poly([[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]]);
    case "cross": {
      const a = 0.42, b = 1.15;
      return poly([[-a, -b], [a, -b], [a, -a], [b, -a], [b, a], [a, a], [a, b], [-a, b], [-a, a], [-b, a], [-b, -a], [-a, -a]]);
    }
    case "triangle": case "triangle-up": return poly([[0, -1.2], [1.1, 0.8], [-1.1, 0.8]]);
    case "triangle-down": return poly([[0, 1.2], [1.1, -0.8], [-1.1, -0.8]]);
    case "triangle-right": return poly([[1.2, 0], [-0.8, 1.1], [-0.8, -1.1]]);
    case "triangle-left": return poly([[-1.2, 0], [0.8, 1.1], [0.8, -1.1]]);
    case "stroke": return ctx.rect(x - 1.3 * r, y - 0.45 * r, 2.6 * r, 0.9 * r);
    case "wedge": return poly([[0, -1.35], [0.7, 1], [-0.7, 1]]);
    case "arrow": return poly([[0, -1.3], [1, 0], [0.4, 0], [0.4, 1.1], [-0.4, 1.1], [-0.4, 0], [-1, 0]]);
    default: ctx.arc(x, y, r, 0, 2 * Math.PI);
  }
};
