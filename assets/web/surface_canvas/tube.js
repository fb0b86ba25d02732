// A path in three dimensions: lines there are one pixel wide, a thin tube is seen from the back row.
// It lies on a white edge and ends in its sign; in print it has its dashes, and a wide edge.

import { marker } from "../shared/canvas.js";
import { arrow } from "./signs.js";

/** @typedef {{ points: number[], inked: boolean[], at: number[] }} Way
 * places as x, y, z after x, y, z; whether the line that leads to a place is drawn; and which of
 * these places each of those is that it was made of */

const SIDES = 5;
/** Radius of a path and of its white edge, usually and in print. */
const USUAL = [0.009, 0.0165], PRINTED = [0.0115, 0.024];
const DASH = 0.0075; // of the scene, for a pixel of a dash
const MOST = 20_000; // pieces of a dashed path; those of a longer one are longer
const SIGN = 0.13, PIXELS = 64; // side of a sign, in the scene and of its picture

/**
 * The path as it is drawn.
 * @param {number[]} points x, y, z after x, y, z
 * @param {number[]} lines how many lines that are drawn lead to each place
 * @param {number[]} [dash] pixels drawn, left out, drawn, …; solid without
 * @returns {Way}
 */
export function dashed(points, lines, dash = []) {
  const n = lines.length, drawn = lines.map((k, i) => i > 0 && k > lines[i - 1]);
  if (!dash[1]) return { points, inked: drawn, at: Array.from({ length: n }, (_, i) => i) };
  /** @type {(i: number) => number} */
  const length = (i) => Math.hypot(...[0, 1, 2].map((k) => points[3 * i + k] - points[3 * i - 3 + k]));
  const whole = drawn.reduce((sum, one, i) => sum + (one ? length(i) : 0), 0);
  const mean = dash.reduce((sum, v) => sum + v, 0) / dash.length;
  const unit = Math.max(DASH, whole / MOST / mean);
  const out = points.slice(0, 3), inked = [false], at = [0];
  let piece = 0, left = dash[0] * unit;
  for (let i = 1; i < n; i++) {
    const far = length(i);
    let gone = 0;
    while (drawn[i] && far - gone > left) {
      gone += left;
      for (let k = 0; k < 3; k++) {
        const from = points[3 * i - 3 + k];
        out.push(from + (points[3 * i + k] - from) * (gone / far));
      }
      inked.push(piece % 2 === 0);
      piece = (piece + 1) % (2 * dash.length);
      left = dash[piece % dash.length] * unit;
    }
    out.push(...points.slice(3 * i, 3 * i + 3));
    inked.push(drawn[i] && piece % 2 === 0);
    if (drawn[i]) left -= far - gone;
    at.push(inked.length - 1);
  }
  return { points: out, inked, at };
}

/**
 * Indices of what is drawn up to each place that the way was made of.
 * @param {Way} way
 * @param {number} each indices of a line
 */
function until({ inked, at }, each) {
  let sum = 0;
  const sums = inked.map((one) => (sum += one ? each : 0));
  return at.map((i) => sums[i]);
}

/**
 * The path as tubes, its ink and its white edge: nothing where there is next to nothing.
 * @param {any} T the library
 * @param {number[]} points x, y, z after x, y, z
 * @param {number[]} lines how many lines that are drawn lead to each place
 * @param {{ color: string, dash: number[] }} run
 * @param {boolean} [printed]
 */
export function tubes(T, points, lines, { color, dash }, printed) {
  const [ink, edge] = printed ? PRINTED : USUAL;
  const whole = dashed(points, lines), strokes = printed ? dashed(points, lines, dash) : whole;
  return [tube(T, strokes, color, ink, false), tube(T, whole, "#ffffff", edge, true)].filter((part) => part);
}

/**
 * The path as a tube; null where there is next to nothing.
 * @param {any} T the library
 * @param {Way} way
 * @param {string} color
 * @param {number} radius
 * @param {boolean} edge whether it hides nothing that comes after it: the ink lies within it
 */
function tube(T, way, color, radius, edge) {
  const { points, inked } = way, n = inked.length;
  if (n < 2) return null;
  const position = new Float32Array(n * SIDES * 3), index = [];
  for (let i = 0; i < n; i++) {
    const a = Math.max(i - 1, 0) * 3, b = Math.min(i + 1, n - 1) * 3;
    const d = new T.Vector3(points[b] - points[a], points[b + 1] - points[a + 1], points[b + 2] - points[a + 2]);
    if (d.lengthSq() < 1e-14) d.set(1, 0, 0);
    d.normalize();
    const side = new T.Vector3(0, 1, 0).cross(d);
    if (side.lengthSq() < 1e-8) side.set(1, 0, 0);
    side.normalize();
    const up = d.clone().cross(side);
    for (let s = 0; s < SIDES; s++) {
      const q = (2 * Math.PI * s) / SIDES, o = 3 * (i * SIDES + s);
      for (let k = 0; k < 3; k++) {
        position[o + k] = points[3 * i + k] + radius * (Math.cos(q) * side.getComponent(k) + Math.sin(q) * up.getComponent(k));
      }
      if (i + 1 < n && inked[i + 1]) {
        const p = i * SIDES + s, r = i * SIDES + ((s + 1) % SIDES);
        index.push(p, p + SIDES, r, r, p + SIDES, r + SIDES);
      }
    }
  }
  const geo = new T.BufferGeometry();
  geo.setAttribute("position", new T.BufferAttribute(position, 3));
  geo.setIndex(index);
  const mesh = new T.Mesh(geo, new T.MeshBasicMaterial({ color, side: T.DoubleSide, depthWrite: !edge }));
  mesh.renderOrder = edge ? 1 : 2;
  mesh.frustumCulled = false;
  mesh.userData.until = until(way, SIDES * 6);
  return mesh;
}

/**
 * A path's sign, as in the key, which faces the eye.
 * @param {any} T the library
 * @param {{ color: string, shape: string }} run
 */
export function sign(T, { color, shape }) {
  return faced(T, color, (ctx) => marker(ctx, shape, PIXELS / 2, PIXELS / 2, 0.32 * PIXELS));
}

/**
 * What a path ends in that has left the picture: an arrow that faces the eye, at first to the right.
 * @param {any} T the library
 * @param {string} color
 */
export function pointer(T, color) {
  return faced(T, color, (ctx) => arrow(ctx, PIXELS / 2, PIXELS / 2, 0, PIXELS / 20));
}

/**
 * @param {any} T the library
 * @param {string} color
 * @param {(ctx: CanvasRenderingContext2D) => void} outline
 */
function faced(T, color, outline) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PIXELS;
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  outline(ctx);
  ctx.lineWidth = 0.1 * PIXELS;
  ctx.lineJoin = "round";
  ctx.strokeStyle = "#fff";
  ctx.fillStyle = color;
  ctx.stroke();
  ctx.fill();
  const map = new T.CanvasTexture(canvas);
  map.colorSpace = T.SRGBColorSpace;
  const made = new T.Sprite(new T.SpriteMaterial({ map, depthWrite: false }));
  made.scale.set(SIGN, SIGN, 1);
  made.renderOrder = 3;
  return made;
}
