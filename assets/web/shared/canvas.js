// What every canvas of the house draws with: sharp pixels, one font, the optimizers' markers.

/** The font of every canvas; faces.js loads it. */
export const FONT = "'Source Sans 3', 'Source Sans', sans-serif";

/**
 * A canvas of w x h CSS pixels at the screen's own density; its context, measured in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} w
 * @param {number} h
 */
export function fitCanvas(canvas, w, h, ratio = Math.min(window.devicePixelRatio || 1, 2)) {
  canvas.width = Math.round(w * ratio);
  canvas.height = Math.round(h * ratio);
  canvas.style.width = `${w}px`;
  canvas.style.height = `${h}px`;
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

/**
 * The longest of these wordings that is not wider than the room for it, else the last.
 * @param {(text: string) => number} width of a text, in pixels
 * @param {string[]} wordings from the longest to the shortest
 * @param {number} room pixels
 */
export const fitting = (width, wordings, room) =>
  wordings.find((text) => width(text) <= room) ?? wordings[wordings.length - 1];

const BAR = 0.42, END = 1.15; // of the cross
/** @type {Record<string, [number, number][]>} */
const OUTLINES = {
  "diamond": [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  "cross": [[-BAR, -END], [BAR, -END], [BAR, -BAR], [END, -BAR], [END, BAR], [BAR, BAR],
    [BAR, END], [-BAR, END], [-BAR, BAR], [-END, BAR], [-END, -BAR], [-BAR, -BAR]],
  "triangle": [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
  "triangle-up": [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
  "triangle-down": [[0, 1.2], [1.1, -0.8], [-1.1, -0.8]],
  "triangle-right": [[1.2, 0], [-0.8, 1.1], [-0.8, -1.1]],
  "triangle-left": [[-1.2, 0], [0.8, 1.1], [0.8, -1.1]],
  "square": [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  "stroke": [[-1.3, -0.45], [1.3, -0.45], [1.3, 0.45], [-1.3, 0.45]],
  "wedge": [[0, -1.35], [0.7, 1], [-0.7, 1]],
  "arrow": [[0, -1.3], [1, 0], [0.4, 0], [0.4, 1.1], [-0.4, 1.1], [-0.4, 0], [-1, 0]],
};

/**
 * The path of one of the theme's marker shapes, centred on (x, y); a circle for any other name.
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function marker(ctx, shape, x, y, r) {
  ctx.beginPath();
  const outline = OUTLINES[shape];
  if (!outline) return void ctx.arc(x, y, r, 0, 2 * Math.PI);
  for (const [a, b] of outline) ctx.lineTo(x + a * r, y + b * r);
  ctx.closePath();
}

/**
 * Words turned to run upwards, centred on (x, y).
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
export function upwards(ctx, text, x, y) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(-Math.PI / 2);
  ctx.textAlign = "center";
  ctx.fillText(text, 0, 0);
  ctx.restore();
}
