// The page's own colours, as the signals that figures/theme.py declares.

import { pageColours } from "../shared/colours.js";

/** @param {Element} element */
export function colours(element) {
  const { ink, paper, dark } = pageColours(element);
  return { ink, faint: dark ? "#42403d" : "#d8d7d5", paper, dark };
}
