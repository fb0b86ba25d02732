// How the house writes numbers, in the browser: the twin of initopt_core/wording.py, which says the
// rules; tests/web holds both to the same text.

const SMALLEST = 1e-3, LARGEST = 1e6, UNKNOWN = "–";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * 10⁻³
 * @param {number} exponent a whole number
 */
export function power(exponent) {
  const digits = [...String(exponent)];
  return `10${digits.map((c) => (c === "-" ? "⁻" : SUPERSCRIPTS[Number(c)])).join("")}`;
}

/** @param {string} whole */
const grouped = (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ",");

/**
 * 0.00392, −2.5, 12,300, 1.2·10⁻⁷, ∞, – for none.
 * @param {number | null | undefined} value
 */
export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  const sign = value < 0 ? "−" : "";
  if (!Number.isFinite(value)) return `${sign}∞`;
  const rounded = Math.abs(value).toExponential(digits - 1);
  const size = Number(rounded);
  if (size === 0) return "0";
  if (size >= SMALLEST && size < LARGEST) {
    const [whole, part] = String(size).split(".");
    return `${sign}${grouped(whole)}${part ? `.${part}` : ""}`;
  }
  const [mantissa, exponent] = rounded.split("e");
  const factor = Number(mantissa) === 1 ? "" : `${Number(mantissa)}·`;
  return `${sign}${factor}${power(Number(exponent))}`;
}

/**
 * For a box in which the number is edited: digits and a point, 1e-7 where those get long.
 * @param {number} value
 */
export const plain = (value, digits = 6) => String(Number(value.toPrecision(digits)));

/**
 * 3.31×
 * @param {number} factor
 */
export const times = (factor) => `${number(factor)}×`;

/**
 * 8.25 %, 100 %; "> 99.9 %" where only rounding would make it 100.
 * @param {number | null | undefined} share of 1
 */
export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return UNKNOWN;
  const text = number(100 * share);
  return text === "100" && share < 1 ? "> 99.9 %" : `${text} %`;
}
