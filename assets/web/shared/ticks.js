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
 * Round numbers (1, 2 or 5 times a power of ten apart) from low to high, about `count` of them and
 * two at least: a single number makes no scale.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function ticks(low, high, count) {
  const raw = (high - low) / Math.max(count, 1);
  if (!(raw > 0) || !Number.isFinite(raw)) return [];
  for (let step = roundedUp(raw), tries = 0; tries < 4; step = roundedUp(step / 2.6), tries++) { // 5, 2, 1
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    if (last <= first) continue;
    return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0);
  }
  return []; // no two numbers are as close
}
