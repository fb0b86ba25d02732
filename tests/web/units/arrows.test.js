import assert from "node:assert/strict";
import { test } from "node:test";

import { placed } from "../../../assets/web/surface_canvas/arrows.js";

const BOX = { x: 0, y: 0, w: 300, h: 200 };
const RING = { left: 269, width: 22, middle: 100, height: 22 };

const apart = (a, b) => a.left >= b.left + b.width || b.left >= a.left + a.width ||
  Math.abs(a.middle - b.middle) >= (a.height + b.height) / 2;

test("a name stands beyond its arrow's tip", () => {
  const at = placed({ x: 100, y: 100, endX: 140, endY: 100 }, 60, 1, BOX, []);
  assert.deepEqual([at.left, at.middle], [150, 100]);
});

test("at the edge it stays inside, beside the arrow, clear of the start", () => {
  const at = placed({ x: 280, y: 100, endX: 298, endY: 100 }, 60, 1, BOX, [RING]);
  assert.ok(at.left >= 0 && at.left + at.width <= 300);
  assert.ok(apart(at, RING));
  assert.ok(Math.abs(at.middle - 100) < 24);
});

test("it avoids words that stand there, and stays near", () => {
  const word = { left: 30, width: 120, middle: 100, height: 16 };
  const at = placed({ x: 160, y: 100, endX: 150, endY: 100 }, 60, 1, BOX, [word]);
  assert.ok(apart(at, word) && Math.abs(at.middle - 100) < 24);
});
