// What is covered of a chart until its answer is revealed: its plots, and the small print above
// them, which may tell numbers.

import { placed } from "../shared/cover.js";
import { panels } from "./pick.js";

/** @typedef {import("../stage/boxes.js").Box} Box */

const MANY = 6; // more lines than that nobody tells apart

/**
 * The lines of a chart that has several, each in its colour.
 * @param {any} view Vega's
 * @returns {{ name: string, colour: string }[]}
 */
export function lines(view) {
  let names, colours;
  try {
    const scale = view.scale("color");
    [names, colours] = [scale.domain(), scale.range()];
  } catch { // it has no such scale
    return [];
  }
  if (names.length < 2 || names.length > MANY || !names.every((one) => typeof one === "string")) return [];
  return names.map((name, i) => ({ name, colour: String(colours[i % colours.length]) }));
}

/**
 * @param {any} view Vega's
 * @param {Element | null} canvas that it draws on
 * @returns {Box[]} of the window
 */
export function covers(view, canvas) {
  if (!view || !canvas) return [];
  const { left, top } = view.padding(), [ox, oy] = view.origin(), several = lines(view);
  return panels(view.scenegraph().root).flatMap((p) => {
    const x = left + ox + p.x, y = top + oy + p.y;
    /** @type {Box} */
    const plot = { x, y, w: p.width, h: p.height };
    if (several.length) plot.lines = several;
    const found = [placed(canvas, plot)];
    for (const mark of p.group.items) {
      if (mark.marktype !== "text") continue;
      for (const { bounds: b, text, fontWeight } of mark.items) {
        const head = fontWeight === "bold" || Number(fontWeight) > 500;
        if (!b || head || b.y2 > 2 || !/\d/.test(String(text))) continue; // or in the plot, or words alone
        found.push(placed(canvas, { x: x + b.x1, y: y + b.y1, w: b.x2 - b.x1, h: b.y2 - b.y1 }));
      }
    }
    return found;
  });
}
