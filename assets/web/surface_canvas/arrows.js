// Arrows of the chosen optimizer: gradient, momentum, update, and each weight's own rate.

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./protocol.js").Run} Run */
/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {{ name: string, x: number, y: number, size: number, colour: string }} Arrow */

const LONGEST = 90, SHORTEST = 16; // pixels
const RACER = 6; // pixels of half of one, at the usual size of type
const ELLIPSE = 46; // pixels of its longer half axis

/**
 * What the step at k is made of, in pixels; what is the same arrow gets one with both names.
 * @param {Run} run
 * @param {number} k
 * @param {number} kx pixels of a unit of w1
 * @param {number} ky
 */
export function stepArrows(run, k, kx, ky) {
  const rate = run.lr[k], momentum = run.memory.m_hat ?? run.memory.m;
  /** @type {[string, Float32Array, number, string][]} */
  const wanted = [["−η g", run.g, -rate, "#EE6677"]];
  if (momentum) wanted.push([run.memory.m_hat ? "−η m̂" : "−η m", momentum, -rate, "#66CCEE"]);
  wanted.push(["Δw", run.u, 1, "#FFFFFF"]);
  /** @type {Arrow[]} */
  const list = [];
  for (const [name, values, factor, colour] of wanted) {
    const x = values[2 * k] * factor * kx, y = -values[2 * k + 1] * factor * ky, size = Math.hypot(x, y);
    if (!Number.isFinite(size) || size === 0) continue;
    const same = list.find((other) => Math.hypot(other.x - x, other.y - y) < 0.02 * size);
    if (same) Object.assign(same, { name: `${same.name} = ${name}`, colour });
    else list.push({ name, x, y, size, colour });
  }
  return list;
}

/** @typedef {import("./paths.js").Words} Words */
/** @typedef {{ arrow: Arrow, x: number, y: number, endX: number, endY: number }} Named an arrow as it is drawn */

/**
 * Lengths are true beside each other up to a cap, and compressed beyond it.
 * @param {Pen} ctx
 * @param {View} view
 * @param {number} t
 * @returns {Named[]} whose names are still to be written, where nothing else stands
 */
export function drawArrows(ctx, view, t) {
  const { scene, selected } = view.lab;
  const run = scene.runs[selected];
  const k = run ? Math.min(Math.floor(t), run.last, scene.steps - 1) : -1;
  if (k < 0 || !Number.isFinite(run.w1[k])) return [];
  const x = view.px(run.w1[k]), y = view.py(run.w2[k]);
  const kx = view.box.w / (view.view[1] - view.view[0]), ky = view.box.h / (view.view[3] - view.view[2]);
  if (run.denominator) drawRates(ctx, x, y, kx / run.denominator[2 * k], ky / run.denominator[2 * k + 1]);
  const list = stepArrows(run, k, kx, ky);
  const most = Math.max(...list.map((arrow) => arrow.size), 1e-30);
  // The longest is shorter where even that one moves by a fraction of a pixel.
  const longest = LONGEST * Math.min(1, (most / 4) ** 0.2);
  return list.map((arrow) => {
    const scale = Math.max(SHORTEST, longest * (arrow.size / most) ** 0.4) / arrow.size;
    const endX = x + arrow.x * scale, endY = y + arrow.y * scale;
    drawArrow(ctx, x, y, endX, endY, arrow.colour);
    return { arrow, x, y, endX, endY };
  });
}

/**
 * The arrows' names, clear of other words, and where it can be of arrows, starts and racers. What has
 * no room is left out: its arrow has its colour, and what stands there says more.
 * @param {Pen} ctx
 * @param {View} view
 * @param {Named[]} named from `drawArrows`
 * @param {Words[]} others boxes of words that stand there already
 * @param {[number, number][]} racers where they are, in pixels
 */
export function drawNames(ctx, view, named, others, racers) {
  const { colours, type } = view.lab;
  ctx.font = `600 ${11 * type}px ${colours.font}`;
  const starts = view.lab.start.marks().map((m) => square(view.px(m.x), view.py(m.y), 11));
  const there = racers.map(([x, y]) => square(x, y, RACER * type));
  const words = [...others], marks = [...starts, ...there, ...named.flatMap(shaft)];
  for (const one of named) {
    // A path that has left the picture has its arrows outside: a name in here would name nothing.
    if (!view.inside(one.x, one.y) && !view.inside(one.endX, one.endY)) continue;
    const width = ctx.measureText(one.arrow.name).width;
    const place = placed(one, width, type, view.box, words, marks);
    if (!place) continue;
    words.push(place);
    drawName(ctx, one.arrow, place);
  }
}

/** @param {number} x @param {number} y @param {number} half @returns {Words} */
const square = (x, y, half) => ({ left: x - half, width: 2 * half, middle: y, height: 2 * half });

/** @param {Named} named @returns {Words[]} small boxes along an arrow */
function shaft({ x, y, endX, endY }) {
  return [0, 0.2, 0.4, 0.6, 0.8, 1].map((f) => square(x + f * (endX - x), y + f * (endY - y), 4));
}

/** @param {Words} w @param {Words} v @param {number} gap to the left and right */
const meet = (w, v, gap) => w.left < v.left + v.width + gap && v.left < w.left + w.width + gap &&
  Math.abs(w.middle - v.middle) < (w.height + v.height) / 2;

/**
 * Where an arrow's name has room: beyond its tip, else beside tip, middle or tail, as near as can
 * be, and always inside the picture. Never over words; over marks only where nothing else is left.
 * @param {Named} named
 * @param {number} width of the name
 * @param {number} type
 * @param {{ x: number, y: number, w: number, h: number }} box
 * @param {Words[]} words
 * @param {Words[]} marks
 * @returns {Words | null} null where words stand in all places
 */
export function placed({ x, y, endX, endY }, width, type, box, words, marks) {
  const angle = Math.atan2(endY - y, endX - x), height = 12 * type, side = endX < x ? -1 : 1;
  const wanted = [[endX + 10 * Math.cos(angle) + (side * width) / 2, endY + 10 * Math.sin(angle)]];
  const beside = [[endX, endY], [(x + endX) / 2, (y + endY) / 2], [x, y]];
  for (const far of [1, 1.6, 2.4, 3.4]) {
    for (const [cx, cy] of beside) {
      for (const up of [-1, 1]) wanted.push([cx, cy + up * far * (height / 2 + 7)]);
    }
  }
  // Where words lie above and below there may be room to the left and right.
  for (const far of [8, 24]) {
    for (const [cx, cy] of beside) for (const to of [-1, 1]) wanted.push([cx + to * (width / 2 + far), cy]);
  }
  /** @type {Words | null} */
  let best = null;
  let fewest = Infinity;
  for (const [cx, cy] of wanted) {
    const left = Math.max(Math.min(cx - width / 2, box.x + box.w - width - 3), box.x + 3);
    const middle = Math.max(Math.min(cy, box.y + box.h - 8 * type), box.y + 8 * type);
    const place = { left, width, middle, height };
    if (words.some((w) => meet(place, w, 4))) continue;
    const hits = marks.filter((w) => meet(place, w, 2)).length;
    if (hits < fewest) [best, fewest] = [place, hits];
    if (!hits) break;
  }
  return best;
}

/**
 * Each weight's own rate, as an ellipse: wide where the steps are stretched.
 * @param {Pen} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} across rate of w1, in pixels
 * @param {number} up
 */
function drawRates(ctx, x, y, across, up) {
  const top = Math.max(across, up);
  if (!Number.isFinite(top) || top <= 0) return;
  ctx.beginPath();
  ctx.ellipse(x, y, Math.max((ELLIPSE * across) / top, 3), Math.max((ELLIPSE * up) / top, 3), 0, 0, 7);
  ctx.fillStyle = "rgba(255,255,255,0.14)";
  ctx.strokeStyle = "rgba(255,255,255,0.95)";
  ctx.lineWidth = 1.6;
  ctx.setLineDash([3, 3]);
  ctx.fill();
  ctx.stroke();
  ctx.setLineDash([]);
}

/**
 * @param {Pen} ctx
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @param {string} colour
 */
function drawArrow(ctx, x0, y0, x1, y1, colour) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  for (const [width, ink] of [[5, "rgba(0,0,0,0.6)"], [2.4, colour]]) {
    ctx.lineWidth = Number(width);
    ctx.strokeStyle = String(ink);
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.moveTo(x1 - 9 * Math.cos(angle - 0.4), y1 - 9 * Math.sin(angle - 0.4));
    ctx.lineTo(x1, y1);
    ctx.lineTo(x1 - 9 * Math.cos(angle + 0.4), y1 - 9 * Math.sin(angle + 0.4));
    ctx.stroke();
  }
}

/**
 * @param {Pen} ctx
 * @param {Arrow} arrow
 * @param {Words} place
 */
function drawName(ctx, { name, colour }, { left, middle }) {
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 3;
  ctx.strokeStyle = "rgba(0,0,0,0.7)";
  ctx.strokeText(name, left, middle);
  ctx.fillStyle = colour;
  ctx.fillText(name, left, middle);
}
