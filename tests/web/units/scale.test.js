// The losses beside the bar of a surface's colours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Field } from "../../../assets/web/surface_canvas/field.js";
import { endsOf, roundLosses } from "../../../assets/web/surface_canvas/scale.js";

test("between its ends a scale has round losses", () => {
  // As in tests/figures/loss_surfaces/test_picture.py.
  const scales = [
    [0, 2.06, "linear", [0.5, 1, 1.5]],
    [-3.98, 0, "linear", [-3, -2, -1]],
    [0.0034, 890, "log", [1, 10, 100]],
    [0, 800, "linear", [200, 400, 600]],
  ];
  for (const [low, high, scale, found] of scales) {
    const field = new Field(new Float32Array([low, high, high, high]), 2, [0, 1, 0, 1], scale);
    assert.deepEqual(roundLosses(field), found, `${low} to ${high}`);
  }
});

test("a grid's lowest loss that misses its minimum by a speck is 0", () => {
  // As in tests/figures/loss_surfaces/test_picture.py.
  for (const [low, high, found] of [[8.32e-7, 2.06, 0], [0.0034, 890, 0.0034], [-3.98, -1e-9, -3.98]]) {
    const field = new Field(new Float32Array([low, high, high, high]), 2, [0, 1, 0, 1], "linear");
    assert.equal(Number(endsOf(field)[0].toPrecision(3)), found);
  }
});
