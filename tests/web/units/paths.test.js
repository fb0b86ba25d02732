import assert from "node:assert/strict";
import { test } from "node:test";
import { apart } from "../../../assets/web/surface_canvas/paths.js";

test("words at the ends of paths that end together do not overlap, nor leave the picture", () => {
  assert.deepEqual(apart([50, 200, 90], 17, 10, 300), [50, 200, 90]); // where there is room, nothing moves
  for (const wanted of [[50, 50, 50], [10, 10, 12], [300, 299, 300], [20, 30, 25]]) {
    const out = apart(wanted, 17, 10, 300).sort((a, b) => a - b);
    assert.ok(out[0] >= 10 && out[2] <= 300);
    assert.ok(out[1] - out[0] >= 17 && out[2] - out[1] >= 17, String(out));
  }
});
