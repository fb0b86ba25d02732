// Large type: how many times larger than usual a figure's letters are. The root element says whether
// the page is in large type, to style sheets and figures alike; address_bar.js keeps it up to date.

/**
 * In large type, 2 % of a window's height at least.
 * @param {boolean} large
 * @param {number} wide width of the window, in pixels
 * @param {number} high height of the window, in pixels
 */
export function typeScale(large, wide = innerWidth, high = innerHeight) {
  return large ? Math.max(1.25, (0.0202 * Math.min(high, 0.75 * wide)) / 11) : 1;
}

/** The page's at present. */
export const pageType = () => typeScale(document.documentElement.dataset.type === "large");

/**
 * Calls back when the page's type has changed; end it with `disconnect()`.
 * @param {() => void} changed
 */
export function watchType(changed) {
  const watcher = new MutationObserver(changed);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-type"] });
  return watcher;
}
