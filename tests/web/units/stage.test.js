import assert from "node:assert/strict";
import { test } from "node:test";

import { padOf, within } from "../../../assets/web/stage/boxes.js";
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
  const stroke = begun([box, other], 200, 25);
  assert.equal(stroke.plot, 1);
  lengthened(stroke, [box, other], 250, 50);
  assert.deepEqual(placed(stroke, [box, { x: 0, y: 10, w: 200, h: 100 }]), [[0, 60], [100, 110]]);
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

test("no finger swipes in a covered figure, and between those that it moves none is held", () => {
  assert.ok(heldBy(false).includes(".sc-plots") && !heldBy(false).includes(".initopt-figure"));
  for (const what of [".initopt-pads", ".initopt-figure", ".sc-root"]) assert.ok(heldBy(true).includes(what));
});

test("a plot's margin is the plot's, and its line begins at the edge", () => {
  const box = { x: 100, y: 100, w: 200, h: 100 };
  assert.deepEqual(begun([box], 88, 150)?.places, [[0, 0.5]]);
  assert.deepEqual(begun([box], 200, 212)?.places, [[0.5, 1]]);
  assert.equal(begun([box], 70, 150), null);
  const stroke = begun([box], 110, 150);
  assert.deepEqual(lengthened(stroke, [box], 320, 150).places[1], [1, 0.5]);
  assert.deepEqual(lengthened(stroke, [box], 400, 150).places[2], [1.5, 0.5], "what is far is not seen");
});

test("between plots that lie close a finger still scrolls", () => {
  const box = { x: 50, y: 100, w: 300, h: 80 }, below = { ...box, y: 220 };
  assert.deepEqual(padOf(box, [box, below]), { x: 25, y: 75, w: 350, h: 113 });
  assert.deepEqual(padOf(below, [box, below]), { x: 25, y: 212, w: 350, h: 113 });
  assert.equal(padOf(box, [box, { ...below, x: 400 }]).h, 130, "what lies beside is not in its way");
});

test("Space leads on, but not where it presses or draws by keys; Escape leads out", () => {
  assert.equal(meaning({ key: " " }, on()), "next");
  assert.equal(meaning({ key: " ", shiftKey: true }, null), "back");
  assert.equal(meaning({ key: " " }, on("button")), null);
  assert.equal(meaning({ key: " " }, on("[role=application]")), null);
  const byHand = on("[role=application]", "[data-by-hand]");
  assert.deepEqual([" ", "ArrowLeft", "Enter"].map((key) => meaning({ key }, byHand)), ["next", "back", "reveal"]);
  assert.equal(meaning({ key: "Escape" }, on("button")), "out");
  for (const open of ["dialog", "[aria-expanded=true]", "select"]) assert.equal(meaning({ key: "Escape" }, on(open)), null);
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
