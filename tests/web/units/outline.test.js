import assert from "node:assert/strict";
import { test } from "node:test";
import { clearance, outline } from "../../../assets/web/surface_canvas/outline.js";

let seed = 7;
const draw = () => (seed = (seed * 16807) % 2147483647) / 2147483647; // the same points every time

test("an outline has all points on its inner side", () => {
  for (let k = 0; k < 20; k++) {
    const points = Array.from({ length: 40 }, () => [300 * draw(), 200 * draw()]);
    const shape = outline(points);
    shape.forEach(([ax, ay], i) => {
      const [bx, by] = shape[(i + 1) % shape.length];
      for (const [x, y] of points) assert.ok((bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-6);
    });
  }
});

test("words go just so far that they stand beside the shape", () => {
  const shape = outline([[0, 0], [100, 0], [100, 60], [0, 60], [50, 30]]);
  assert.equal(shape.length, 4);
  assert.equal(clearance([90, 30], [1, 0], 20, 10, shape, 3), 23); // 100 + half of 20 + 3
  assert.equal(clearance([50, 30], [0, -1], 20, 10, shape, 0), 35);
  assert.equal(clearance([130, 30], [1, 0], 20, 10, shape, 3), 0); // it does already
  assert.equal(clearance([50, 30], [1, 0], 20, 10, [], 3), 0); // no surface yet
});

test("beside a slanted side words touch it with a corner", () => {
  const shape = outline([[0, 0], [100, 0], [0, 100]]); // its long side is x + y = 100
  const far = clearance([50, 50], [Math.SQRT1_2, Math.SQRT1_2], 20, 10, shape, 0);
  const [x, y] = [50 + far * Math.SQRT1_2, 50 + far * Math.SQRT1_2];
  assert.ok(Math.abs(x - 10 + (y - 5) - 100) < 1e-9);
});
