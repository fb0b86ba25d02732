import assert from "node:assert/strict";
import { test } from "node:test";

import { readable } from "../../../assets/web/surface_canvas/plots.js";

test("losses that fall without end are shown as far as they can be told apart", () => {
  assert.deepEqual(readable([-9, -9], -1e17, -9), [-50, 2.5]);
  assert.deepEqual(readable([27], -Infinity, 27), [-200, 27]);
  assert.deepEqual(readable([0], -4, 0), [-4, 0.5]);
  assert.deepEqual(readable([0], -30, 0), [-10, 0.5]);
});
