// Who is which line, written at the lines where several racers are of one kind: their colours alone
// would have to be looked up. It is written in the plot that has room for most of the names.

/** @typedef {import("./plots.js").Plots} Plots */
/** @typedef {{ text: string, x: number, y: number, w: number }} Name */

const PLACES = [0.88, 0.75, 0.62, 0.5, 0.38, 0.25, 0.14]; // of the plot's width, the best first
const HIGH = 13; // pixels of a name at the usual size of type
const LONG = 8; // letters: of a longer name its number says enough

/**
 * What is written at a line.
 * @param {string} label
 */
export const shortName = (label) => (label.length > LONG ? label.replace(/^.* (?=\d+$)/, "") : label);

/**
 * The names that have room in a plot, each near its line and clear of all others.
 * @param {Plots} plots
 * @param {any} p
 * @param {string[]} texts
 * @param {number[]} widths
 * @returns {Name[]}
 */
function fitting(plots, p, texts, widths) {
  const { steps } = plots.lab.scene, high = HIGH * plots.lab.type;
  /** @type {(line: Float64Array, x: number) => number} */
  const at = (line, x) => plots.y(p, line[Math.round(((x - p.x) / p.w) * steps)] ?? NaN);
  /** @type {Name[]} */
  const found = [];
  texts.forEach((text, i) => {
    const w = widths[i];
    let best = null, most = 0.45 * high;
    for (const part of PLACES) {
      const x = Math.min(Math.max(p.x + part * p.w, p.x + w / 2 + 2), p.x + p.w - w / 2 - 8);
      for (const side of [-0.8, 0.8, -1.1, 1.1, -1.5, 1.5, -2, 2]) { // farther from a steep line
        const y = at(p.lines[i], x) + side * high, away = (Math.abs(side) + 0.5) * high;
        if (!(y > p.y + high / 2 && y < p.y + p.h - high / 2)) continue;
        /** @type {Float64Array[]} */
        const others = p.lines.filter((/** @type {Float64Array} */ _, /** @type {number} */ k) => k !== i);
        if (others.some((line) => Math.abs(at(line, x) - y) < away)) continue; // whose would it be?
        const far = [-0.5, 0, 0.5].flatMap((across) => p.lines.map((/** @type {Float64Array} */ line) => Math.abs(at(line, x + across * w) - y)));
        for (const one of found) if (Math.abs(one.x - x) < (one.w + w) / 2 + 4) far.push(Math.abs(one.y - y) - 0.5 * high);
        const free = Math.min(...far.filter(Number.isFinite));
        if (free > most + 1) [best, most] = [{ text, x, y, w }, free];
      }
    }
    if (best) found.push(best);
  });
  return found;
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Plots} plots
 */
export function nameLines(ctx, plots) {
  const { runs } = plots.lab.scene, { type, colours } = plots.lab;
  if (!runs.some((/** @type {any} */ run) => /\d$/.test(run.label))) return;
  ctx.font = `600 ${11 * type}px ${colours.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const texts = runs.map((/** @type {any} */ run) => shortName(run.label));
  const widths = texts.map((/** @type {string} */ text) => ctx.measureText(text).width);
  /** @type {Name[]} */
  let names = [];
  for (const p of plots.panels) {
    const found = fitting(plots, p, texts, widths);
    if (found.length > names.length) names = found;
  }
  ctx.lineWidth = 4 * type;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colours.paper;
  ctx.fillStyle = colours.ink;
  for (const { text, x, y } of names) {
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }
}
