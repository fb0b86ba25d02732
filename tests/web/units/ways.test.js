import assert from "node:assert/strict";
import { test } from "node:test";

import { cut } from "../../../assets/web/surface_canvas/ways.js";

const WINDOW = [-1, 1, -1, 1];

test("a path that stays inside is as it was", () => {
  const way = [[0, 0], [0.5, 1], [-1, 0]];
  assert.deepEqual(cut(way, WINDOW), { places: way, inside: [true, true, true], lines: [0, 1, 2] });
});

test("a path that leaves ends where it crosses the edge, and begins again where it comes back", () => {
  const way = [[0, 0], [2, 1], [5, 5], [0, 2], [0, 0]];
  const { places, inside, lines } = cut(way, WINDOW);
  assert.deepEqual(places, [[0, 0], [1, 0.5], [1, 1], [0, 1], [0, 0]]);
  assert.deepEqual(inside, [true, false, false, false, true]);
  assert.deepEqual(lines, [0, 1, 1, 1, 2]); // nothing between the places beyond
});

test("what is no number lies within the window", () => {
  assert.deepEqual(cut([[0, 0], [NaN, Infinity]], WINDOW).places[1], [0, 1]);
});
