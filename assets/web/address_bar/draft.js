// What is typed in a lecture's fields is remembered here until the server surely has it. A window
// that is closed or loaded anew sends what it still holds (pause.js), but the server ends what such
// a window has asked for: the next page of this browser hands in what was left.

import { stored } from "../shared/storage.js";
import { FIELDS, PAUSE_MS, whenSent } from "./pause.js";

const PLACE = "initopt-draft";
const REST_MS = 5000; // after the last letter, when nothing runs any more
const MOST_KNOWN = 4;
const OLDEST_MS = 24 * 3600e3;

/** @typedef {{ id: string, field: string, known: string[], text: string, at: number }} Draft
 *  of the field with this key: what the server may have of it, what was typed, and when */

/**
 * The draft with what is in its field now, or a new one.
 * @param {Draft | null} draft
 * @param {{ field: string, before: string, text: string, at: number }} typed
 * @returns {Draft}
 */
export function typedOn(draft, { field, before, text, at }) {
  const same = draft?.field === field;
  const known = same ? draft.known : [before];
  const id = same ? draft.id : `${at}-${Math.random().toString(36).slice(2, 10)}`;
  return { id, field, known, text, at };
}

/** The draft when its text has been sent: the server may have it, or what it had before. */
export const sentOff = (draft) => ({
  ...draft, known: [...new Set([...draft.known, draft.text])].slice(-MOST_KNOWN),
});

/**
 * What a closed window has left; null for nothing that can be used.
 * @param {string | null} kept
 * @param {number} now
 * @returns {Draft | null}
 */
export function leftBehind(kept, now) {
  try {
    const found = JSON.parse(kept ?? "null");
    return found && now - found.at < OLDEST_MS ? found : null;
  } catch {
    return null;
  }
}

/** @type {Draft | null} */
let draft = null;
let before = ""; // of the field that has the focus
let resting = 0; // of the timer

const keep = () => stored(() => localStorage.setItem(PLACE, JSON.stringify(draft)));
const found = () => leftBehind(stored(() => localStorage.getItem(PLACE)), Date.now());
const drop = () => stored(() => localStorage.removeItem(PLACE));
const busy = () => document.querySelector("[data-test-script-state=running]") !== null;

function forget() {
  clearTimeout(resting);
  if (draft) before = draft.text;
  draft = null;
  drop();
}

function awaitRest(wait = REST_MS) {
  clearTimeout(resting);
  resting = setTimeout(() => (busy() ? awaitRest(PAUSE_MS) : forget()), wait);
}

const keyOf = (field) => [...field.closest("[class*=st-key-]")?.classList ?? []]
  .find((name) => name.startsWith("st-key-"))?.slice("st-key-".length) ?? "";

function watch() {
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target.matches(FIELDS)) before = /** @type {any} */ (target).value;
  });
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.matches(FIELDS)) return;
    const text = /** @type {any} */ (target).value;
    draft = typedOn(draft, { field: keyOf(target), before, text, at: Date.now() });
    keep();
    awaitRest();
  });
  document.addEventListener("focusout", () => draft && awaitRest());
  document.addEventListener("click", ({ target }) => { // Undo takes it back; Delete, its place
    if (draft && target instanceof Element && target.closest("[data-testid=stMain] button")) forget();
  });
  whenSent(() => {
    if (!draft) return;
    draft = sentOff(draft);
    keep();
  });
}

/**
 * Watch, and what there is to hand in: until the server has heard it.
 * @param {string} heard id of the last one it has heard
 * @returns {Draft | null}
 */
export function toHandIn(heard) {
  /** @type {any} */
  const page = globalThis; // one for all copies of this script
  if (page.initoptLeft === undefined) {
    page.initoptLeft = found();
    watch();
  }
  const left = page.initoptLeft;
  if (left && left.id === heard) {
    page.initoptLeft = null;
    if (found()?.id === heard) drop();
  }
  return page.initoptLeft;
}
