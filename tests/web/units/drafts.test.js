// Guesses that a tab keeps: what is written is read again, and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { packed, unpacked } from "../../../assets/web/stage/drafts.js";

const LINE = { plot: 0, places: [[0, 0.25], [0.123456, 1]] };
const THIRD = { plot: 1, line: 2, places: [[0.5, 0.5]] };

test("what is drawn is there again, as sharp as a window shows it", () => {
  const text = packed(new Map([["one", [LINE, THIRD]], ["none", []]]));
  assert.deepEqual(unpacked(text), [["one", [{ plot: 0, places: [[0, 0.25], [0.1235, 1]] }, THIRD]]]);
});

test("of too much the scenes that were drawn on first are forgotten", () => {
  const guesses = new Map([["first", [LINE]], ["second", [LINE]], ["third", [THIRD]]]);
  assert.deepEqual(unpacked(packed(guesses, 140)).map(([scene]) => scene), ["second", "third"]);
  assert.ok(packed(guesses, 140).length <= 140);
  assert.deepEqual(unpacked(packed(guesses, 5)), []);
});

test("what is no guess is nothing", () => {
  for (const text of [null, "", "[", "{}", "7", '["a"]', '[["a", 3]]', '[["a", [{}]]]',
    '[["a", [{ "plot": 0, "places": [["x", 1]] }]]]', '[["a", [{ "plot": -1, "places": [] }]]]']) {
    assert.deepEqual(unpacked(text), [], String(text));
  }
});
