import assert from "node:assert/strict";
import { test } from "node:test";

import { drawNames, placed } from "../../../assets/web/surface_canvas/arrows.js";
import { drawLeftKey, NAME_BELOW } from "../../../assets/web/surface_canvas/signs.js";

const BOX = { x: 0, y: 0, w: 300, h: 200 };
const RING = { left: 269, width: 22, middle: 100, height: 22 };

const apart = (a, b) => a.left >= b.left + b.width || b.left >= a.left + a.width ||
  Math.abs(a.middle - b.middle) >= (a.height + b.height) / 2;

test("a name stands beyond its arrow's tip", () => {
  const at = placed({ x: 100, y: 100, endX: 140, endY: 100 }, 60, 1, BOX, [], []);
  assert.deepEqual([at.left, at.middle], [150, 100]);
});

test("at the edge it stays inside, beside the arrow, clear of the start", () => {
  const at = placed({ x: 280, y: 100, endX: 298, endY: 100 }, 60, 1, BOX, [], [RING]);
  assert.ok(at.left >= 0 && at.left + at.width <= 300);
  assert.ok(apart(at, RING));
  assert.ok(Math.abs(at.middle - 100) < 24);
});

test("it avoids words that stand there, and stays near", () => {
  const word = { left: 30, width: 120, middle: 100, height: 16 };
  const at = placed({ x: 160, y: 100, endX: 150, endY: 100 }, 60, 1, BOX, [word], []);
  assert.ok(apart(at, word) && Math.abs(at.middle - 100) < 24);
});

test("in a corner it never lies over words, however many arrows and starts it then meets", () => {
  const arrow = { x: 240, y: 60, endX: 290, endY: 4 };
  const words = [{ left: 110, width: 160, middle: 12, height: 16 }, { left: 170, width: 100, middle: 29, height: 16 }];
  const marks = [0, 0.25, 0.5, 0.75, 1].map((f) => ({ left: 236 + 50 * f, width: 8, middle: 60 - 56 * f, height: 8 }));
  const at = placed(arrow, 60, 1, BOX, words, marks);
  assert.ok(at && words.every((word) => apart(at, word)));
  assert.ok(at.left >= 0 && at.left + at.width <= 300);
});

test("where words stand everywhere, the name is left out", () => {
  const all = { left: 0, width: 300, middle: 100, height: 200 };
  assert.equal(placed({ x: 100, y: 100, endX: 140, endY: 100 }, 60, 1, BOX, [all], []), null);
});

test("an arrow outside the picture has no name in it", () => {
  const written = [];
  const ctx = { measureText: () => ({ width: 60 }), strokeText() {}, fillText: (text) => written.push(text) };
  const lab = { colours: { font: "sans" }, type: 1, start: { marks: () => [] } };
  const view = { lab, box: BOX, px: (v) => v, py: (v) => v, inside: (x, y) => x >= 0 && y >= 0 && x <= 300 && y <= 200 };
  const arrow = (name) => ({ name, colour: "#fff", x: 0, y: 0, size: 1 });
  drawNames(ctx, view, [
    { arrow: arrow("in"), x: 100, y: 100, endX: 140, endY: 100 },
    { arrow: arrow("out"), x: 400, y: -100, endX: 440, endY: -140 },
  ], [], []);
  assert.deepEqual(written, ["in"]);
});

test("a name lies on no racer, and what star and arrow mean stands in a line with the axis' name", () => {
  const written = [];
  const ctx = { measureText: (text) => ({ width: 6 * text.length }), strokeText() {},
    fillText: (text, x, y) => written.push([text, x, y]), ...Object.fromEntries(
      ["save", "restore", "translate", "rotate", "beginPath", "moveTo", "lineTo", "closePath", "fill", "stroke"].map((name) => [name, () => {}])) };
  const lab = { colours: { font: "sans" }, type: 1, start: { marks: () => [] } };
  const view = { lab, w: 340, box: BOX, px: (v) => v, py: (v) => v, inside: () => true };
  const named = { arrow: { name: "−η g = Δw", colour: "#fff", x: 0, y: 0, size: 1 }, x: 150, y: 60, endX: 150, endY: 90 };
  drawNames(ctx, view, [named], [], [[150, 104]]);
  const [[, x, y]] = written;
  assert.ok(x > 155 || x + 54 < 145 || Math.abs(y - 104) > 12, `${x}, ${y}`);
  drawLeftKey(ctx, view);
  assert.equal(written[1][2], BOX.h + NAME_BELOW);
});
