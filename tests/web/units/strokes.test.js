// Lines and points that grow with a figure's letters.
import assert from "node:assert/strict";
import { test } from "node:test";

import { STROKES, withStrokes } from "../../../assets/web/live_chart/strokes.js";

/** @param {any} legend */
const grown = (legend) => withStrokes({ legends: [legend], marks: [] }).legends[0].encode.symbols.update;

test("a legend's marks grow from their number or from the signal that gives it", () => {
  const twice = `${STROKES} * ${STROKES}`;
  assert.deepEqual(grown({ symbolSize: 80, symbolStrokeWidth: 2 }), {
    size: { signal: `80 * ${twice}` },
    strokeWidth: { signal: `2 * ${STROKES}` },
  });
  const given = grown({ symbolSize: { signal: "420 * type_scale" } });
  assert.deepEqual(given.size, { signal: "420 * type_scale" }, "its lines have their places by it");
});
