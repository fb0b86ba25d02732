import assert from "node:assert/strict";
import { test } from "node:test";

import { within } from "../../../assets/web/stage/boxes.js";
import { begun, clear, lengthened, placed, restored, strokesOf, undoes } from "../../../assets/web/stage/ink.js";
import { heldBy, meaning, swipe } from "../../../assets/web/stage/keys.js";

/** An element that is in what one of these words names. */
const on = (...words) => ({
  closest: (selector) => words.some((w) => selector.split(",").some((s) => s.trim().startsWith(w))),
});

test("remotes lead on and back, whatever has the focus but a text", () => {
  for (const target of [null, on(), on("[role=slider]"), on("button")]) {
    assert.equal(meaning({ key: "PageDown" }, target), "next");
    assert.equal(meaning({ key: "PageUp" }, target), "back");
  }
  assert.equal(meaning({ key: "PageDown" }, on("textarea")), null);
});

test("arrows are a slider's while it has the focus", () => {
  assert.equal(meaning({ key: "ArrowRight" }, on("input")), null);
  assert.equal(meaning({ key: "ArrowRight" }, on("[role=application]")), null);
  assert.equal(meaning({ key: "ArrowRight" }, on("button")), "next");
  assert.equal(meaning({ key: "ArrowLeft" }, null), "back");
  assert.equal(meaning({ key: "ArrowLeft", altKey: true }, null), null);
});

test("Enter reveals where it presses nothing", () => {
  assert.equal(meaning({ key: "Enter" }, on()), "reveal");
  assert.equal(meaning({ key: "Enter" }, on("button")), null);
});

test("a remote's black key is a letter where one writes", () => {
  for (const key of ["b", "."]) {
    assert.equal(meaning({ key }, on("button")), "black");
    assert.equal(meaning({ key }, on("input:not([type=range]")), null);
  }
});

test("a line is taken back, but not where one writes", () => {
  assert.equal(meaning({ key: "Backspace" }, on("button")), "undo");
  assert.equal(meaning({ key: "z", ctrlKey: true }, null), "undo");
  assert.equal(meaning({ key: "Z", metaKey: true }, null), "undo");
  assert.equal(meaning({ key: "z", ctrlKey: true, shiftKey: true }, null), null);
  assert.equal(meaning({ key: "z" }, null), null);
  assert.equal(meaning({ key: "Backspace" }, on("textarea")), null);
});

test("a line goes with its plot, and is its scene's", () => {
  const box = { x: 0, y: 0, w: 100, h: 50 }, other = { ...box, x: 200 };
  const stroke = begun([box, other], 190, 25);
  assert.equal(stroke.plot, 1);
  lengthened(stroke, [box, other], 250, 50);
  assert.deepEqual(placed(stroke, [box, { x: 0, y: 10, w: 200, h: 100 }]), [[-20, 60], [100, 110]]);
  assert.deepEqual(placed(stroke, [box]), [], "its plot is not there");
  assert.equal(begun([], 1, 1), null);
  strokesOf("one").push(stroke);
  assert.deepEqual(strokesOf("one"), [stroke]);
  assert.deepEqual(strokesOf("two"), []);
});

test("lines that were cleared come back once nothing drawn since is left", () => {
  const strokes = strokesOf("three"), one = { plot: 0, places: [] }, two = { plot: 1, places: [] };
  strokes.push(one, two);
  clear(strokes);
  assert.deepEqual([strokes, undoes(strokes)], [[], true]);
  strokes.push(one);
  assert.equal(restored(strokes), null);
  strokes.pop();
  assert.deepEqual(restored(strokes), [one, two]);
  assert.deepEqual(strokes, [one, two]);
  strokes.length = 0;
  assert.equal(undoes(strokes), false);
  assert.equal(restored(strokes), null);
  assert.equal(meaning({ key: "Backspace", shiftKey: true }, null), "clear");
});

test("on a cover a finger swipes between a surface's plots", () => {
  assert.ok(heldBy(false).includes(".sc-plots") && !heldBy(true).includes(".sc-plots"));
  assert.ok(heldBy(true).includes(".initopt-pads"));
});

test("a finger goes across, not down", () => {
  assert.equal(swipe(-120, 10), "next");
  assert.equal(swipe(120, -20), "back");
  assert.equal(swipe(120, 80), null);
  assert.equal(swipe(-40, 0), null);
});

test("a plot is covered as far as its figure shows it", () => {
  const box = { x: 10, y: 5, w: 80, h: 20, open: false }, place = { left: 20, right: 60 };
  assert.deepEqual(within(box, place), { ...box, x: 20, w: 40 });
  assert.equal(within({ ...box, x: 70 }, place).w, 0);
  assert.deepEqual(within({ ...box, x: 25, w: 10 }, place), { ...box, x: 25, w: 10 });
});
