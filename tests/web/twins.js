// The JavaScript halves of what Python has too: { name: [arguments, …] } in, results out, as JSON.

import { readFileSync } from "node:fs";
import { VIRIDIS } from "../../assets/web/shared/colours.js";
import * as numbers from "../../assets/web/shared/numbers.js";
import { layout } from "../../assets/web/live_chart/layout.js";
import { expand } from "../../assets/web/live_chart/rows.js";
import { readNumber } from "../../assets/web/number_slider/reading.js";
import { Field } from "../../assets/web/surface_canvas/field.js";

// JSON has no such numbers; they travel as strings.
const ODD = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
const revive = (_, value) => (typeof value === "string" && value in ODD ? ODD[value] : value);
const tell = (_, value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

const functions = {
  ...numbers,
  layout,
  expand,
  readNumber,
  viridis: () => [...VIRIDIS],
  units: (values, scale, losses) => {
    const field = new Field(Float32Array.from(values), Math.sqrt(values.length), [0, 1, 0, 1], scale);
    return losses.map((loss) => [field.unit(loss), field.value(field.unit(loss))]);
  },
};

const asked = JSON.parse(readFileSync(0, "utf8"), revive);
const answers = Object.fromEntries(
  Object.entries(asked).map(([name, calls]) => [name, calls.map((given) => functions[name](...given))]));
process.stdout.write(JSON.stringify(answers, tell));
