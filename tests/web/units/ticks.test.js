import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../../../assets/web/shared/ticks.js";
import { fitting } from "../../../assets/web/shared/canvas.js";

test("ticks are round, inside, evenly apart and about as many as asked for", () => {
  for (const [low, high] of [[0, 1], [-7.3, 12.9], [1e-7, 3e-7], [-1e6, 4e6], [2.0001, 2.0009]]) {
    for (const count of [2, 5, 9]) {
      const marks = ticks(low, high, count), step = marks[1] - marks[0];
      assert.ok(marks.length >= 2 && marks.length <= count + 2, `${low} ${high} ${count}`);
      const slack = (high - low) * 1e-6;
      assert.ok(marks.every((v) => v >= low - slack && v <= high + slack));
      assert.match(step.toExponential(3), /^[125]\.000e/);
      marks.slice(1).forEach((v, i) => assert.ok(Math.abs(v - marks[i] - step) < 1e-6 * step));
    }
  }
});

test("an axis has two numbers, however few are asked for", () => {
  assert.deepEqual(ticks(-2.5, 2.5, 1.9), [-2, 0, 2]);
  for (const count of [0.2, 1, 1.9]) for (const [low, high] of [[-4, 4], [0.4, 1.7], [-0.3, 0.31], [9.9, 10.2]]) {
    const marks = ticks(low, high, count);
    assert.ok(marks.length >= 2 && marks.length <= 5, `${low} ${high} ${count}: ${marks}`);
  }
});

test("zero is zero, without a sign", () => {
  assert.ok(Object.is(ticks(-1, 1, 2).find((v) => v === 0), 0));
});

test("a range without an extent has no ticks", () => {
  for (const [low, high] of [[1, 1], [2, 1], [NaN, 1], [0, Infinity]]) assert.deepEqual(ticks(low, high, 5), []);
});

test("words are shortened until they fit", () => {
  const width = (text) => text.length;
  assert.equal(fitting(width, ["a long title", "a title", "title"], 20), "a long title");
  assert.equal(fitting(width, ["a long title", "a title", "title"], 8), "a title");
  assert.equal(fitting(width, ["a long title", "a title", "title"], 2), "title");
});
