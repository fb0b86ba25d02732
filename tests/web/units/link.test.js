import assert from "node:assert/strict";
import { test } from "node:test";

import { codeOf, sharedLink } from "../../../assets/web/address_bar/link.js";

test("a phone gets the view, not how the hall sees it", () => {
  const hall = "https://a.org/app/training?lecture=tutorial&scene=3&type=large&epochs=5&pin=a&pin=b#x";
  assert.equal(sharedLink(hall), "https://a.org/app/training?epochs=5&pin=a&pin=b");
  assert.equal(sharedLink("https://a.org/?embed=true"), "https://a.org/");
  assert.equal(sharedLink("https://a.org/?Embed=TRUE&a=1"), "https://a.org/?a=1");
});

test("the code is asked for beside the page", () => {
  const code = new URL(codeOf("https://a.org/x?a=1&b=2", "https://a.org/app/training?y"));
  assert.equal(code.pathname, "/app/qr.svg");
  assert.equal(code.searchParams.get("link"), "https://a.org/x?a=1&b=2");
});
