// Guesses outlive a page that is loaded anew, and are forgotten with its tab.

import { stored } from "../shared/storage.js";
import { kept } from "./ink.js";

/** @typedef {import("./ink.js").Stroke} Stroke */

const NAME = "initopt-guesses";
export const MOST = 400_000; // letters: what browsers keep for all of a site is some millions

/**
 * The guesses as a text, the oldest left away where it would be longer than this.
 * @param {Map<string, Stroke[]>} guesses of each scene
 * @param {number} [most] letters
 */
export function packed(guesses, most = MOST) {
  const short = (/** @type {number} */ part) => Math.round(part * 1e4) / 1e4;
  const all = [...guesses].filter(([, strokes]) => strokes.length).map(([scene, strokes]) => JSON.stringify([
    scene, strokes.map((one) => ({ ...one, places: one.places.map((place) => place.map(short)) }))]));
  let length = 2;
  const fit = all.reverse().filter((text) => (length += text.length + 1) <= most);
  return `[${fit.reverse().join()}]`;
}

const whole = (/** @type {unknown} */ n) => Number.isInteger(n) && Number(n) >= 0;
const place = (/** @type {any} */ at) => Array.isArray(at) && at.length === 2 && at.every(Number.isFinite);
const stroke = (/** @type {any} */ one) => whole(one?.plot) && (one.line === undefined || whole(one.line)) &&
  Array.isArray(one.places) && one.places.every(place);

/**
 * What `packed` has written; nothing of what it cannot have.
 * @param {string | null} text
 * @returns {[string, Stroke[]][]}
 */
export function unpacked(text) {
  try {
    const all = JSON.parse(text ?? "[]");
    return all.filter((/** @type {any} */ [scene, strokes]) => typeof scene === "string" && strokes.every(stroke));
  } catch {
    return []; // another's, or none
  }
}

/** Bring the tab's guesses back, and keep them when its page goes. */
export function keepDrafts() {
  const before = unpacked(stored(() => sessionStorage.getItem(NAME)));
  for (const [scene, strokes] of before) if (!kept.has(scene)) kept.set(scene, strokes);
  const keep = () => stored(() => sessionStorage.setItem(NAME, packed(kept)));
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
}
