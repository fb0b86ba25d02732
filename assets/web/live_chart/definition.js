// Messages and compiled definitions of the live chart, as ui/components/live_chart.py sends them.

/**
 * @typedef {object} Head
 * @property {string} key names the element
 * @property {string} spec fingerprint of the definition
 * @property {object} [inline] the definition itself, where it could not be served
 * @property {string} stamp fingerprint of the data
 * @property {number} height before any ink, in pixels
 * @property {import("./layout.js").Room | null} room
 * @property {boolean} select whether clicks and Enter are reported
 * @property {boolean} [back] whether Escape is reported, as a click beside all plots
 * @property {boolean} [large] letters for a lecture hall
 * @property {(number | null)[] | null} keys what an arrow key moves by, across and up, in data units
 */
/**
 * @typedef {object} Body
 * @property {string} alt
 * @property {Record<string, import("./rows.js").Compact>} data
 * @property {Record<string, any>} signals
 */
/** @typedef {{ head: Head, text: string, body?: Body }} Message */

const served = import.meta.url.startsWith("http");

/** @type {Map<string, Promise<object>>} */
const specs = new Map(); // fingerprint -> the compiled definition

/** @param {string} digest */
async function fetched(digest) {
  if (!served) throw new Error("not served");
  const answer = await fetch(new URL(`../../initopt.specs/${digest}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/**
 * The definition that a message names; rejected when it cannot be had.
 * @param {Head} head
 * @returns {Promise<object>}
 */
export function definition(head) {
  if (head.inline) specs.set(head.spec, Promise.resolve(head.inline));
  const known = specs.get(head.spec);
  if (known) return known;
  const found = fetched(head.spec);
  found.catch(() => specs.delete(head.spec));
  specs.set(head.spec, found);
  return found;
}

/**
 * Head and body of a message's bytes; the body is parsed only when it is drawn.
 * @param {unknown} data
 * @returns {Message | null}
 */
export function read(data) {
  if (!(data instanceof Uint8Array)) return null;
  const text = new TextDecoder().decode(data);
  const cut = text.indexOf("\n");
  return { head: JSON.parse(text.slice(0, cut)), text: text.slice(cut + 1) };
}
