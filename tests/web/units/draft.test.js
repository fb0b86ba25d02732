import assert from "node:assert/strict";
import { test } from "node:test";

import { leftBehind, sentOff, typedOn } from "../../../assets/web/address_bar/draft.js";

test("a draft has what its field held, and all that was sent of it", () => {
  const first = typedOn(null, { field: "a", before: "", text: "x", at: 1 });
  assert.deepEqual([first.field, first.known, first.text], ["a", [""], "x"]);
  const on = typedOn(sentOff(first), { field: "a", before: "not asked", text: "xy", at: 2 });
  assert.deepEqual([on.id, on.known, on.text, on.at], [first.id, ["", "x"], "xy", 2]);
  assert.deepEqual(sentOff(sentOff(on)).known, ["", "x", "xy"]);
  const other = typedOn(on, { field: "b", before: "z", text: "", at: 3 });
  assert.deepEqual([other.known, other.text], [["z"], ""]);
  assert.notEqual(other.id, on.id);
});

test("it does not grow without end", () => {
  let draft = typedOn(null, { field: "a", before: "", text: "", at: 1 });
  for (let i = 0; i < 9; i++) draft = sentOff(typedOn(draft, { field: "a", before: "", text: `${i}`, at: i }));
  assert.deepEqual(draft.known, ["5", "6", "7", "8"]);
});

test("what is old, or no draft, is let go", () => {
  const kept = JSON.stringify({ id: "1", at: 1000 });
  assert.equal(leftBehind(kept, 2000)?.id, "1");
  assert.equal(leftBehind(kept, 1000 + 25 * 3600e3), null);
  for (const none of [null, "null", "{", "7"]) assert.equal(leftBehind(none, 2000), null);
});
