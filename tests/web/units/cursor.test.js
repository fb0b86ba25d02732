import assert from "node:assert/strict";
import { test } from "node:test";
import { moved } from "../../../assets/web/live_chart/cursor.js";
import { hit, panels } from "../../../assets/web/live_chart/pick.js";

test("a cursor goes by whole steps inside the domain", () => {
  assert.equal(moved(6, 1, 2, -1, 13), 8);
  assert.equal(moved(6.4, -1, 2, -1, 13), 4);
  assert.equal(moved(12, 1, 2, -1, 13), 13);
  assert.equal(moved(0, -1, 2, -1, 13), -1);
  assert.equal(moved(0.15, 1, 0.05, 0, 4), 0.2); // not 0.20000000000000001
  assert.equal(moved(3.3, 0, 2, 0, 9), 3.3);
});

const text = (role, words) => ({ role, items: [{ text: words }] });
const plot = (name, x) => ({
  marktype: "group", name, role: "scope",
  items: [{ x, y: 10, width: 100, height: 50, items: [
    { marktype: "group", role: "title", items: [{ items: [text("title-text", `of ${name}`)] }] },
    { marktype: "group", role: "axis", items: [{ orient: "bottom", items: [text("axis-title", "layer")] }] },
    { marktype: "group", role: "axis", items: [{ orient: "left", items: [text("axis-title", ["σ", "b"])] }] },
  ] }],
});
const root = { marktype: "group", items: [{ x: 5, y: 0, width: 300, items: [plot("a_group", 0), plot("b_group", 150)] }] };

test("plots are found with their places and titles", () => {
  const [first, second] = panels(root).map(({ group, ...said }) => said);
  assert.deepEqual(first, { name: "a_group", x: 5, y: 10, width: 100, height: 50, title: "of a_group", across: "layer", up: "σ b" });
  assert.equal(second.x, 155);
});

test("a point hits the innermost plot", () => {
  assert.deepEqual(hit(root, 175, 20, ""), { name: "b_group", x: 20, y: 10 });
  assert.equal(hit(root, 120, 20, "").name, "");
});
