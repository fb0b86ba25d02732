// Thicker lines and larger points, by one signal of every figure.

export const STROKES = "stroke_scale";

/** @param {any} ref a number of Vega's, `{ value }`, or anything else */
function scaled(ref, power = 1) {
  if (typeof ref?.value !== "number") return ref;
  return grown(`${ref.value}`, power);
}

/** @param {string} length an expression */
function grown(length, power = 1) {
  const factor = power === 1 ? STROKES : `${STROKES} * ${STROKES}`;
  return { signal: `${length} * ${factor}` };
}

/**
 * The same of a legend's own number, which may be a signal.
 * @param {any} own a number, `{ signal }`, or anything else
 */
const legends = (own) => (typeof own?.signal === "string" ? grown(`(${own.signal})`) : scaled({ value: own }));

/**
 * An area that is a signal has its room in the legend already.
 * @param {any} own a number, `{ signal }`, or anything else
 */
const areas = (own) => (typeof own?.signal === "string" ? own : scaled({ value: own }, 2));

/** @param {any} mark */
function thicken(mark) {
  for (const inner of mark.marks ?? []) thicken(inner);
  if (!["line", "rule", "symbol", "trail", "area"].includes(mark.type)) return;
  for (const set of Object.values(mark.encode ?? {})) {
    if (set.strokeWidth) set.strokeWidth = scaled(set.strokeWidth);
    if (set.size && mark.type === "symbol") set.size = scaled(set.size, 2);
  }
}

/**
 * Lines and points of a legend grow as those that they stand for.
 * @param {any} group
 * @param {any} usual what legends are drawn with
 */
function thickenLegends(group, usual) {
  for (const inner of group.marks ?? []) thickenLegends(inner, usual);
  for (const legend of group.legends ?? []) {
    if (legend.type === "gradient" || legend.size) continue;
    const set = (((legend.encode ??= {}).symbols ??= {}).update ??= {});
    set.size = set.size ? scaled(set.size, 2) : areas(legend.symbolSize ?? usual.symbolSize ?? 100);
    const width = legend.symbolStrokeWidth ?? usual.symbolStrokeWidth ?? 1.5;
    set.strokeWidth = set.strokeWidth ? scaled(set.strokeWidth) : legends(width);
  }
}

/**
 * A compiled definition whose strokes follow the signal; the same object where it has it already.
 * @param {any} spec
 */
export function withStrokes(spec) {
  if (spec.signals?.some((/** @type {any} */ s) => s.name === STROKES)) return spec;
  spec.signals = [...(spec.signals ?? []), { name: STROKES, value: 1 }];
  thicken(spec);
  thickenLegends(spec, spec.config?.legend ?? {});
  return spec;
}
