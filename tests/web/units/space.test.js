// Where the camera stands at first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { usualEye } from "../../../assets/web/surface_canvas/space.js";

const TARGET = [0, 0.35, 0], FIRST = [2.6, 2.35, 3.15];
const way = (eye) => eye.map((v, i) => v - TARGET[i]);
const far = (eye) => Math.hypot(...way(eye));

test("a wide place is looked into as a drawn figure is", () => {
  for (const aspect of [1, 1.4, 3]) assert.deepEqual(usualEye(aspect, TARGET), FIRST);
});

test("a high place is looked into from above: as far off, from the same side", () => {
  const [some, much, most] = [0.9, 0.75, 0.3].map((aspect) => usualEye(aspect, TARGET));
  assert.ok(FIRST[1] < some[1] && some[1] < much[1]);
  assert.deepEqual(most, much);
  for (const eye of [some, much]) {
    assert.ok(Math.abs(far(eye) - far(FIRST)) < 1e-9);
    assert.ok(Math.abs(eye[0] / eye[2] - FIRST[0] / FIRST[2]) < 1e-9);
  }
});
