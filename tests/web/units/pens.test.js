// Pens of plots with several lines, and what stands of several strokes for one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { standing } from "../../../assets/web/stage/ink.js";
import { Pens } from "../../../assets/web/stage/pens.js";

const LINES = ["SGD", "Adam", "RMSprop"].map((name) => ({ name, colour: "#000000" }));
const PLOT = { x: 0, y: 0, w: 100, h: 100, lines: LINES };

function pens() {
  globalThis.document = { createElement: () => ({ children: [], className: "" }) };
  const made = new Pens({ firstElementChild: { after: () => {} } });
  made.lines = LINES;
  return made;
}

/** The lines that strokes in these plots are given, one after the other. */
function drawn(hand, plots, where) {
  const strokes = [];
  for (const plot of where) {
    const stroke = { plot, places: [[0, 0]] };
    hand.give(stroke, plots, strokes);
    strokes.push(stroke);
  }
  return strokes;
}

test("each stroke in a plot is the next line's, and each plot begins anew", () => {
  const strokes = drawn(pens(), [PLOT, PLOT], [0, 0, 1, 0, 0]);
  assert.deepEqual(strokes.map(({ line }) => line), [0, 1, 0, 2, 0]);
});

test("of several strokes for one line the last stands, and the one before once it is gone", () => {
  const strokes = drawn(pens(), [PLOT], [0, 0, 0, 0]);
  assert.deepEqual(standing(strokes), strokes.slice(1));
  assert.deepEqual(standing(strokes.slice(0, 3)), strokes.slice(0, 3));
});

test("a pen that was pressed stays in hand, from plot to plot and once its line is taken back", () => {
  const hand = pens();
  hand.choose(1);
  const strokes = drawn(hand, [PLOT, PLOT], [0, 1, 1]);
  assert.deepEqual([strokes.map(({ line }) => line), hand.next], [[1, 1, 1], 1]);
  hand.back(strokes.pop(), strokes);
  assert.equal(hand.next, 1);
  hand.anew([]);
  assert.deepEqual([hand.next, hand.chosen], [0, false]);
});

test("there is no pen beyond the last line, and one that is taken back is in hand again", () => {
  const hand = pens();
  assert.equal(hand.choose(3), false);
  const strokes = drawn(hand, [PLOT], [0, 0]);
  hand.back(strokes.pop(), strokes);
  assert.equal(hand.next, 1);
});

test("where there are no lines to tell apart a stroke is plain, and all of them stand", () => {
  const strokes = drawn(pens(), [{ ...PLOT, lines: undefined }], [0, 0, 0]);
  assert.deepEqual(strokes.map(({ line }) => line), [undefined, undefined, undefined]);
  assert.deepEqual(standing(strokes), strokes);
});
