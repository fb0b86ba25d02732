// Which marks the key below the surface tells of.
import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST_DOTTED, signsIn } from "../../../assets/web/surface_canvas/signs.js";

/** @param {any} scene */
const view = (scene) => ({
  lab: { scene: { minima: [], saddles: [], runs: [], steps: 10, ...scene } },
  px: (/** @type {number} */ v) => v,
  py: (/** @type {number} */ v) => v,
  inside: (/** @type {number} */ x) => x < 5,
});
/** @param {any} scene */
const told = (scene) => signsIn(/** @type {any} */ (view(scene)));

test("minima and saddles count where they are in the view", () => {
  assert.deepEqual(told({ minima: [[1, 1]], saddles: [[9, 9]] }), ["minimum"]);
  assert.deepEqual(told({ minima: [[9, 9]], saddles: [[1, 1]] }), ["saddle"]);
});

test("paths have a ring at their start, and dots while single steps are seen", () => {
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ runs: [{}] }), ["start", "step"]);
  assert.deepEqual(told({ runs: [{}], steps: MOST_DOTTED + 1 }), ["start"]);
});
