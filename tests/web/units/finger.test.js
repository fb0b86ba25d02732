import assert from "node:assert/strict";
import { test } from "node:test";

import { Finger } from "../../../assets/web/surface_canvas/finger.js";

/** Where a finger is from event to event, and by how much it has turned the surface in all. */
function drag(finger, id, places) {
  places.forEach(([x, y], i) => (i ? finger.move(id, x, y) : finger.press(id, x, y)));
}

function watched() {
  const sum = [0, 0];
  return { sum, finger: new Finger((dx, dy) => { sum[0] += dx; sum[1] += dy; }) };
}

test("a swipe up or down turns nothing, wherever it goes later", () => {
  const { sum, finger } = watched();
  drag(finger, 1, [[100, 300], [101, 294], [103, 280], [110, 200], [190, 190], [260, 190]]);
  assert.deepEqual(sum, [0, 0]);
});

test("sideways it turns, and then also up and down, without a jump at the beginning", () => {
  const { sum, finger } = watched();
  drag(finger, 1, [[100, 300], [106, 301], [112, 302], [140, 310], [160, 330]]);
  assert.deepEqual(sum, [48, 28]);
});

test("two fingers turn nothing, nor does the one that stays", () => {
  const { sum, finger } = watched();
  finger.press(1, 100, 300);
  finger.press(2, 200, 300);
  finger.move(1, 60, 300);
  finger.move(2, 240, 300);
  finger.lift(2);
  finger.move(1, 10, 300);
  assert.deepEqual(sum, [0, 0]);
  finger.lift(1);
  drag(finger, 3, [[100, 300], [120, 300], [130, 300]]);
  assert.deepEqual(sum, [10, 0]);
});

test("a finger that the browser took for scrolling is forgotten", () => {
  const { sum, finger } = watched();
  drag(finger, 1, [[100, 300], [103, 303]]);
  finger.lift(1);
  finger.move(1, 200, 303);
  assert.deepEqual(sum, [0, 0]);
});
