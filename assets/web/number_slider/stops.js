// The places at which a slider can stand.

const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/**
 * Stops of a track: round numbers, ten a decade, or equal steps.
 * @param {{ from: number, to: number, step: number, log: boolean, integer: boolean }} track
 */
export function stops({ from: low, to: high, step, log, integer }) {
  /** @type {number[]} */
  const list = [];
  if (log) {
    if (low === 0) list.push(0);
    const first = Math.floor(Math.log10(low || (integer ? 1 : high * 1e-8)));
    for (let e = first; e <= Math.ceil(Math.log10(high)); e++) {
      for (const m of MANTISSAS) {
        const value = Number(`${m}e${e}`);
        if (integer && !Number.isInteger(value)) continue;
        if (value >= low && value <= high) list.push(value);
      }
    }
  } else {
    const count = Math.round((high - low) / step);
    for (let i = 0; i <= count; i++) list.push(Number((low + i * step).toPrecision(12)));
  }
  return list;
}

/**
 * Index of the stop next to a value.
 * @param {number[]} list
 * @param {number} value
 */
export const nearest = (list, value) =>
  list.reduce((best, stop, i) => (Math.abs(stop - value) < Math.abs(list[best] - value) ? i : best), 0);
