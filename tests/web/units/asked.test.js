// Scenes that are asked for: one question at a time, and the last wish is what is shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Asked } from "../../../assets/web/stage/asked.js";

function asking() {
  const told = [];
  return { told, asked: new Asked((number) => told.push(number), () => false) };
}

test("of many keys the first and the last one's scene are asked for", () => {
  const { told, asked } = asking();
  for (const number of [2, 3, 4, 5]) asked.want("one", number, 1);
  assert.deepEqual(told, [2]);
  assert.equal(asked.waits("one", 1), 5);
  assert.equal(asked.arrived("one", 2), false, "it is not shown, but gone on from");
  assert.deepEqual(told, [2, 5]);
  assert.equal(asked.arrived("one", 5), true);
  assert.equal(asked.waits("one", 5), 0);
  assert.deepEqual(told, [2, 5]);
});

test("who turns back before the next scene is there stays where he is", () => {
  const { told, asked } = asking();
  asked.want("one", 6, 5);
  asked.want("one", 5, 5);
  assert.equal(asked.arrived("one", 6), false);
  assert.deepEqual(told, [6, 5]);
  assert.equal(asked.arrived("one", 5), true);
});

test("another wish, or another lecture, waits for nothing", () => {
  const { told, asked } = asking();
  asked.want("one", 2, 1);
  asked.none();
  assert.equal(asked.arrived("one", 2), true);
  asked.want("one", 3, 2);
  asked.want("two", 9, 1);
  assert.deepEqual(told, [2, 3, 9]);
  assert.equal(asked.arrived("two", 9), true);
});
