// Printed paths in three dimensions: dashes along the way.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dashed, tubes } from "../../../assets/web/surface_canvas/tube.js";

const points = [0, 0, 0, 0.3, 0, 0, 0.3, 0, 0.4, 1, 0, 0.4], lines = [0, 1, 2, 2];

/** The length that is drawn, and that which could be. */
function lengths({ points: at, inked }) {
  let ink = 0, whole = 0;
  for (let i = 1; i < inked.length; i++) {
    const far = Math.hypot(...[0, 1, 2].map((k) => at[3 * i + k] - at[3 * i - 3 + k]));
    whole += far;
    if (inked[i]) ink += far;
  }
  return [ink, whole];
}

test("a solid path is drawn as far as it lies on the surface", () => {
  const way = dashed(points, lines);
  assert.deepEqual(way, { points, inked: [false, true, true, false], at: [0, 1, 2, 3] });
  assert.deepEqual(dashed(points, lines, [1, 0]), way);
});

test("dashes go on around corners, and every place of the path is still one", () => {
  const way = dashed(points, lines, [9, 4]), [ink, whole] = lengths(way);
  assert.ok(Math.abs(whole - 1.4) < 1e-9 && Math.abs(ink / 0.7 - 9 / 13) < 0.05, String(ink));
  assert.ok(way.inked.length > 10 && way.inked.length * 3 === way.points.length);
  way.at.forEach((k, i) => assert.deepEqual(way.points.slice(3 * k, 3 * k + 3), points.slice(3 * i, 3 * i + 3)));
});

test("a path that is longer than dashes can be drawn has longer ones", () => {
  const n = 3000, far = Array.from({ length: n }, (_, i) => [i % 2 ? 2 : 0, 0, 0]).flat();
  const way = dashed(far, Array.from({ length: n }, (_, i) => i), [2, 4]);
  assert.ok(way.inked.length < 50_000 && way.inked.includes(true) && way.inked.includes(false));
});

/** As much of the library as tubes ask for. */
const T = {
  Vector3: class {
    constructor(...v) { this.v = v; }
    set(...v) { this.v = v; return this; }
    lengthSq() { return this.v.reduce((sum, n) => sum + n * n, 0); }
    normalize() { return this.set(...this.v.map((n) => n / Math.sqrt(this.lengthSq()))); }
    clone() { return new T.Vector3(...this.v); }
    cross({ v: [a, b, c] }) { const [x, y, z] = this.v; return this.set(y * c - z * b, z * a - x * c, x * b - y * a); }
    getComponent(k) { return this.v[k]; }
  },
  BufferGeometry: class {
    setAttribute(name, value) { this[name] = value; }
    setIndex(index) { this.index = index; }
  },
  BufferAttribute: class { constructor(array) { this.array = array; } },
  MeshBasicMaterial: class { constructor(look) { Object.assign(this, look); } },
  Mesh: class { constructor(geometry, material) { Object.assign(this, { geometry, material, userData: {} }); } },
};

test("a path lies on a white edge that is wider and hides no ink, with two draw calls", () => {
  for (const printed of [false, true]) {
    const made = tubes(T, points, lines, { color: "#4477AA", dash: [9, 4] }, printed), [ink, edge] = made;
    assert.equal(made.length, 2);
    assert.deepEqual([ink, edge].map((part) => part.material.color), ["#4477AA", "#ffffff"]);
    assert.ok(ink.material.depthWrite && !edge.material.depthWrite && edge.renderOrder < ink.renderOrder);
    const [thin, wide] = made.map((part) => Math.max(...part.geometry.position.array.filter((_, i) => i % 3 === 1)));
    assert.ok(wide > 1.5 * thin, `${wide} over ${thin}`);
    assert.equal(ink.geometry.index.length > edge.geometry.index.length, printed, "dashes in print alone");
  }
});
