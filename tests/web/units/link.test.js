import assert from "node:assert/strict";
import { test } from "node:test";

import { codeOf, sceneLink, sharedLink } from "../../../assets/web/address_bar/link.js";

test("a phone gets the view, not how the hall sees it", () => {
  const hall = "https://a.org/app/training?lecture=tutorial&scene=3&type=large&epochs=5&pin=a&pin=b#x";
  assert.equal(sharedLink(hall), "https://a.org/app/training?epochs=5&pin=a&pin=b");
  assert.equal(sharedLink("https://a.org/?embed=true"), "https://a.org/");
  const one = "https://a.org/app/course?lecture=mine&scene=2&figure=26-sharp";
  assert.equal(sharedLink(one), "https://a.org/app/course?lecture=on&figure=26-sharp"); // it is the view
  assert.equal(sharedLink("https://a.org/?Embed=TRUE&a=1"), "https://a.org/?a=1");
});

test("the code is asked for beside the page", () => {
  const code = new URL(codeOf("https://a.org/x?a=1&b=2", "https://a.org/app/training?y"));
  assert.equal(code.pathname, "/app/qr.svg");
  assert.equal(code.searchParams.get("link"), "https://a.org/x?a=1&b=2");
});

test("a link to a scene keeps the scene, and nothing else of how it is presented", () => {
  const hall = "https://a.org/training?epochs=5&lecture=tutorial&scene=10&figure=depth&type=large&embed=true#x";
  assert.equal(sceneLink(hall), "https://a.org/training?epochs=5&lecture=tutorial&scene=10&figure=depth");
});
