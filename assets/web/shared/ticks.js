// Where an axis has its marks.

/**
 * The next 1, 2 or 5 times a power of ten.
 * @param {number} value above 0
 */
export function roundedUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((m) => m * power).find((s) => s >= value * 0.999) ?? 10 * power;
}

/**
 * Round numbers (1, 2 or 5 times a power of ten apart) from low to high, about `count` of them.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function ticks(low, high, count) {
  const raw = (high - low) / Math.max(count, 1);
  if (!(raw > 0) || !Number.isFinite(raw)) return [];
  const step = roundedUp(raw);
  const out = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    out.push(Number((k * step).toPrecision(12)) + 0);
  }
  return out;
}
