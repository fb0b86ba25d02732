// Colours of pictures and of the page: viridis as figures/theme.py has it (a test holds both
// together), and what the page's own theme says.

const STOPS = ("440154 481668 472878 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 " +
  "3fbc73 5ec962 84d44b addc30 d8e219 fde725").split(" "); // Smith & van der Walt 2015, CC0

/**
 * Red, green and blue of "#rrggbb".
 * @param {string} hex
 */
export const hexChannels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Viridis in 256 steps, dark to bright: red, green, blue, alpha of each. */
export const VIRIDIS = (() => {
  const stops = STOPS.map((stop) => hexChannels(`#${stop}`));
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    const colour = stops[k].map((low, c) => low + (stops[k + 1][c] - low) * (at - k));
    table.set([...colour, 255], 4 * i);
  }
  return table;
})();

/**
 * Red, green and blue of any CSS colour: a canvas knows them all and answers in one notation.
 * @param {string} colour
 */
export function channels(colour) {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return [255, 255, 255];
  pen.fillStyle = colour;
  const said = String(pen.fillStyle);
  if (/^#/.test(said)) return hexChannels(said);
  return (said.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
}

/** @param {number[]} rgb */
export const isDark = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;

/** @type {Map<string, boolean>} */
const darkness = new Map(); // background colour -> whether it is dark

/**
 * The page's own colours at this element.
 * @param {Element} element
 */
export function pageColours(element) {
  const style = getComputedStyle(element);
  /** @type {(name: string, other: string) => string} */
  const get = (name, other) => style.getPropertyValue(name).trim() || other;
  const paper = get("--st-background-color", "#ffffff");
  const dark = darkness.get(paper) ?? isDark(channels(paper));
  darkness.set(paper, dark);
  return { paper, dark, ink: get("--st-text-color", dark ? "#edebe8" : "#2f2d2b") };
}

/**
 * Calls back when the page's theme may have changed; end it with `disconnect()`.
 * @param {() => void} changed
 */
export function watchTheme(changed) {
  const watcher = new MutationObserver(changed);
  // Streamlit tells its theme by the classes of its outermost element, a page of ours by the root's.
  for (const told of [document.documentElement, document.querySelector(".stApp")]) {
    if (told) watcher.observe(told, { attributes: true, attributeFilter: ["style", "class"] });
  }
  return watcher;
}
