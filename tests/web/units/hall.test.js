import assert from "node:assert/strict";
import { test } from "node:test";

import { STROKES, withStrokes } from "../../../assets/web/live_chart/strokes.js";
import { typeScale } from "../../../assets/web/shared/type.js";

test("the smallest letters of a figure, 11 pixels, are 18 in a hall of 720 lines", () => {
  assert.ok(11 * typeScale(false, 1280, 720, true) >= 18);
  assert.ok(11 * typeScale(true, 1280, 720) < 18);
  assert.equal(typeScale(false, 1280, 720), 1);
});

test("lines and points follow one signal, fills and texts do not", () => {
  const line = { type: "line", encode: { update: { strokeWidth: { value: 2 }, x: { value: 3 } } } };
  const dots = { type: "symbol", encode: { update: { size: { value: 20 } } } };
  const text = { type: "text", encode: { update: { strokeWidth: { value: 2 } } } };
  const field = { type: "rule", encode: { update: { strokeWidth: { field: "w" } } } };
  const legends = [{ symbolSize: 80, encode: { symbols: { update: { strokeWidth: { value: 2 } } } } }, { size: "s" }];
  const spec = withStrokes({ legends, marks: [{ type: "group", marks: [line, dots] }, text, field] });
  assert.equal(spec.signals.at(-1).name, STROKES);
  assert.deepEqual(line.encode.update.strokeWidth, { signal: `2 * ${STROKES}` });
  assert.deepEqual(line.encode.update.x, { value: 3 });
  assert.deepEqual(dots.encode.update.size, { signal: `20 * ${STROKES} * ${STROKES}` });
  assert.deepEqual(legends[0].encode.symbols.update, {
    strokeWidth: { signal: `2 * ${STROKES}` }, size: { signal: `80 * ${STROKES} * ${STROKES}` } });
  assert.deepEqual(legends[1], { size: "s" });
  assert.deepEqual(text.encode.update.strokeWidth, { value: 2 });
  assert.deepEqual(field.encode.update.strokeWidth, { field: "w" });
  assert.equal(withStrokes(spec).signals.length, 1, "not twice");
});
