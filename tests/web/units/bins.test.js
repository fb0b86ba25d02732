import assert from "node:assert/strict";
import { test } from "node:test";

import { binAt, told } from "../../../assets/web/live_chart/bins.js";

// Bins of width 0.5 from 0, 10 pixels wide, with 1, 3 and 0 values; the last point closes the area.
const edges = [1, 3, 0, 0].map((y, i) => ({ x: 10 * i, y: 0, datum: { x: i / 2, y } }));

test("a point lies in the bin whose left edge it has passed", () => {
  assert.deepEqual(binAt(edges, 10), { low: 0.5, high: 1, count: 3, share: 0.75, density: 1.5 });
  assert.equal(binAt(edges, 9.99)?.count, 1);
  assert.equal(binAt(edges, 29)?.count, 0);
  assert.equal(binAt(edges, 30), null);
  assert.equal(binAt(edges, -1), null);
  assert.equal(binAt([], 3), null);
});

test("the density's area is one", () => {
  const area = [5, 15, 25].map((x) => binAt(edges, x)).reduce((sum, b) => sum + b.density * 0.5, 0);
  assert.ok(Math.abs(area - 1) < 1e-12);
});

test("the words name the plot, the range, values and density", () => {
  const group = { width: 30, height: 20, x: 5, y: 7, items: [{ marktype: "area", items: edges }] };
  const root = { items: [{ items: [{ marktype: "group", name: "concat_0_group", items: [group] }] }] };
  const words = told(root, ["Layer 2, gradients"], 18, 12);
  assert.equal(words, "Layer 2, gradients\nfrom 0.5 to 1\n3 values, 75 % of all\ndensity 1.5");
  assert.equal(told(root, ["Layer 2, gradients"], 2, 12), "");
});
