import assert from "node:assert/strict";
import { test } from "node:test";

import { wording } from "../../../assets/web/stage/below.js";

const phone = { phone: true, covered: false, plots: 0, rest: 300 };

test("a phone says that something is below until it is scrolled to, covered or not", () => {
  assert.equal(wording(phone), "↓ more below");
  for (const covered of [true, false]) assert.equal(wording({ ...phone, covered, plots: 4 }), "↓ 4 more below");
  assert.equal(wording({ ...phone, rest: 8 }), "");
});

test("a larger screen says it of what is to be guessed alone", () => {
  assert.equal(wording({ ...phone, phone: false, plots: 4 }), "");
  assert.equal(wording({ ...phone, phone: false, covered: true, plots: 4 }), "↓ 4 more below");
});
