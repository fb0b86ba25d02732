// What keys and fingers mean on a stage. A control that has the focus keeps its own keys.

import { FIGURES } from "./boxes.js";

/** @typedef {"back" | "next" | "reveal" | "controls" | "black" | "undo" | "clear" | "out" | null} Act */

/** @type {Record<string, Act>} */
const ARROWS = { ArrowLeft: "back", ArrowRight: "next", ArrowUp: "back", ArrowDown: "next" };
/** @type {Record<string, Act>} */
const PAGES = { PageUp: "back", PageDown: "next" }; // what presenters' remotes send

const WRITES = "input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, [contenteditable], dialog, [role=dialog]";
const MOVES = `${WRITES}, input, select, [role=slider], [role=application], [role=listbox],
  [role=combobox], [role=radiogroup], [role=tablist], [role=menu], .initopt-figure[tabindex]`;
const OPENS = `${WRITES}, select, [role=combobox], [role=listbox], [role=menu], [aria-expanded=true]`; // Escape closes them
const PRESSES = `${MOVES}, button, a, summary, [role=button], [role=option]`;
const SWIPE = 90; // pixels across, and more than twice as far as up or down

/**
 * What a key means for the stage when it is pressed on this element.
 * @param {{ key: string, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, shiftKey?: boolean }} event
 * @param {{ closest: (selector: string) => unknown } | null} target
 * @returns {Act}
 */
export function meaning(event, target) {
  const { key } = event;
  // A cover that a hand draws on has the focus, and no use for keys: they are the hall's.
  const drawn = Boolean(target?.closest("[data-by-hand]"));
  const on = (/** @type {string} */ selector) => !drawn && Boolean(target?.closest(selector));
  const z = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && /^z$/i.test(key);
  if (z) return on(WRITES) ? null : "undo";
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (key === "Backspace") return on(WRITES) ? null : event.shiftKey ? "clear" : "undo";
  if (key in PAGES) return on(WRITES) ? null : PAGES[key];
  if (key in ARROWS) return on(MOVES) || event.shiftKey ? null : ARROWS[key];
  if (key === " ") return on(PRESSES) ? null : event.shiftKey ? "back" : "next"; // as slides do
  if (key === "Escape") return on(OPENS) ? null : "out";
  if (key === "Enter") return on(PRESSES) ? null : "reveal";
  if (key === "c" || key === "C") return on(WRITES) || on("select, [role=combobox]") ? null : "controls";
  if (key === "b" || key === "B" || key === ".") return on(WRITES) || on("select, [role=combobox]") ? null : "black";
  return null;
}

/**
 * What a finger's way means.
 * @param {number} dx pixels to the right
 * @param {number} dy pixels down
 * @returns {Act}
 */
export function swipe(dx, dy) {
  if (Math.abs(dx) < SWIPE || Math.abs(dx) < 2 * Math.abs(dy)) return null;
  return dx < 0 ? "next" : "back";
}

const TAKES = ".initopt-guess, .initopt-pads, input, [data-more]:not([data-more='']), [data-testid=stSidebar]";
/**
 * What a finger moves itself; of a covered figure all: a guess that begins beside its plot, and so draws
 * nothing, must not lead to another scene.
 * @param {boolean} covered
 */
export const heldBy = (covered) => `${TAKES}, ${covered ? FIGURES : ".sc-stage, .sc-plots, .sf-root canvas"}`;
