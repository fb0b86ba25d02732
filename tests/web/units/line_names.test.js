// Names at lines, however steep they are.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nameLines } from "../../../assets/web/surface_canvas/line_names.js";

test("a line that falls steeply has its name, below it", () => {
  const written = [];
  const ctx = { measureText: () => ({ width: 48 }), strokeText() {}, fillText: (text, x, y) => written.push([text, x, y]) };
  const steps = 100, runs = ["SGD 1", "SGD 2", "SGD 3"].map((label) => ({ label }));
  const line = (to) => Float64Array.from({ length: steps + 1 }, (_, k) => 60 + ((to - 60) * k) / steps);
  const panel = { x: 0, y: 0, w: 150, h: 158, lines: [line(116), line(141), line(4)] };
  nameLines(ctx, { lab: { scene: { runs, steps }, type: 1.65, colours: {} }, panels: [panel], y: (_, v) => v });
  const [, x, y] = written.find(([text]) => text === "SGD 2") ?? [];
  assert.ok(y > 60 + (81 * x) / 150, JSON.stringify(written));
});
