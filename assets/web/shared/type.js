// Large type: how many times larger than usual a figure's letters are.

/**
 * In large type, 2 % of a window's height at least.
 * @param {boolean} large
 * @param {number} wide width of the window, in pixels
 * @param {number} high height of the window, in pixels
 */
export function typeScale(large, wide = innerWidth, high = innerHeight) {
  return large ? Math.max(1.25, (0.0202 * Math.min(high, 0.75 * wide)) / 11) : 1;
}

/** The page's, by its switch (initopt_core/ui/type_size.py). */
export const pageType = () => typeScale(Boolean(document.querySelector(".st-key-type-large")));
