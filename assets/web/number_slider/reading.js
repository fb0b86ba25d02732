// Numbers as people type them: the twin of `number_text` in Python, where the rules are said and
// whose cases tests hold both to.

const GROUPED = /(?<![0-9.,])[1-9][0-9]{0,2}(?:[\s_'’\u00a0\u2009\u202f][0-9]{3})+(?![0-9])/g;
const BARE_POWER = /^([+-]?)10(?:\^|\*\*)([+-]?[0-9]{1,3})$/;
const NUMBER =
  /^([+-]?)([0-9][0-9.,]*|[.,][0-9]+)(?:(?:e|[*·×x]10(?:\^|\*\*)?)([+-]?[0-9]{1,3}))?$/i;
const COMMAS = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?$/;
const POINTS = /^[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]*|(?:\.[0-9]{3}){2,})$/;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * Digits with a point for the fraction and nothing between thousands, or null.
 * @param {string} digits
 */
function plainDigits(digits) {
  if (COMMAS.test(digits)) return digits.replaceAll(",", "");
  if (POINTS.test(digits)) return digits.replaceAll(".", "").replace(",", ".");
  if ((digits.match(/[.,]/g) ?? []).length > 1) return null;
  return digits.replace(",", ".");
}

/**
 * The number that a person's text means, or null.
 * @param {string} given
 * @returns {number | null}
 */
export function readNumber(given) {
  const text = given
    .trim()
    .replace(/[−–]/g, "-")
    .replace(/10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, raised) =>
      `10^${[...raised].map((c) => (c === "⁺" ? "+" : c === "⁻" ? "-" : RAISED.indexOf(c))).join("")}`)
    .replace(GROUPED, (group) => group.replace(/[^0-9]/g, ""))
    .replace(/\s*([*·×xX^])\s*/g, "$1");
  const bare = BARE_POWER.exec(text);
  const match = bare ? [text, bare[1], "1", bare[2]] : NUMBER.exec(text);
  if (!match) return null;
  const plain = plainDigits(match[2]);
  if (plain === null || plain.length > 400) return null;
  const value = Number(`${match[1]}${plain}e${match[3] ?? 0}`);
  return Number.isFinite(value) ? value : null;
}
