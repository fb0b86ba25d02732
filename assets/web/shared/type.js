// Large type: how many times larger than usual a figure's letters and strokes are.

/**
 * In large type 2 % of a window's height at least, in a hall 2.5 %.
 * @param {boolean} large
 * @param {number} wide width of the window, in pixels
 * @param {number} high height of the window, in pixels
 * @param {boolean} hall
 */
export function typeScale(large, wide = innerWidth, high = innerHeight, hall = false) {
  if (!large && !hall) return 1;
  return Math.max(1.25, ((hall ? 0.0252 : 0.0202) * Math.min(high, 0.75 * wide)) / 11);
}

/** Whether the page is shown in a hall, by its link (initopt_core/ui/stage.py). */
export const inHall = () => Boolean(document.documentElement.dataset.lecture);

/** Whether a figure takes all that the window has below its head: in a hall, in another page's frame. */
export const fillsWindow = () => inHall() || Boolean(document.documentElement.dataset.embed);

/** The page's, by its switches (also initopt_core/ui/type_size.py). */
export const pageType = () =>
  typeScale(Boolean(document.querySelector(".st-key-type-large")), innerWidth, innerHeight, inHall());

/** How many times thicker than usual lines are: seen from the last row, they grow with the screen. */
export const strokeScale = () => (inHall() ? 1.6 * Math.max(1, Math.min(innerHeight / 720, innerWidth / 1280)) : 1);

/**
 * Pixels from an element's top to the window's lower edge, when the page is not scrolled.
 * @param {Element} element
 */
export function below(element) {
  const page = element.closest('[data-testid="stMain"]');
  return innerHeight - element.getBoundingClientRect().top - (page?.scrollTop ?? 0);
}
