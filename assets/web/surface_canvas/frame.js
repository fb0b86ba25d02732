// The axes of the surface in three dimensions: along the edges in front, wherever the eye goes.

import { fitCanvas } from "../shared/canvas.js";
import { number } from "../shared/numbers.js";
import { clearance, outline } from "./outline.js";
import { drawScale, endsOf } from "./scale.js";
import { arrow } from "./signs.js";

const LOWEST = 30; // pixels of an upright edge with numbers
const REACH = 40; // pixels beyond the picture from which words still come back into it

/** @typedef {[number, number, number]} Place */
/** @typedef {{ w1: [string, string], w2: [string, string], loss: [string, string] }} Ends in words */
/**
 * @typedef {object} Label
 * @property {string} text
 * @property {Place} at on its edge
 * @property {Place} away from the surface
 * @property {number} gap pixels between the edge and the words
 * @property {boolean} [name] whether it names its axis
 * @property {boolean} [up] whether it stands at the upright edge
 * @property {number} [stacks] lines that it goes higher where others stand; 0 unless given
 */

/**
 * The edges that carry the axes, and what stands along them: the two of the floor that face the
 * eye, and the upright one at the outline between the floor's and the back.
 * @param {number} ex of the eye
 * @param {number} ez
 * @param {number} a half the width of the floor
 * @param {number} top
 * @param {Ends} ends of the axes
 * @returns {{ line: Place[], labels: Label[] }}
 */
export function edges(ex, ez, a, top, ends) {
  const sx = ex < 0 ? -1 : 1, sz = ez < 0 ? -1 : 1;
  const x = sx * a, z = sz * a, near = 0.95 * a;
  /** @type {Place} */
  const side = [sx, 0, -sz];
  return {
    line: [[-x, 0, z], [x, 0, z], [x, 0, -z], [x, top, -z]],
    // Names first: where there is no room for all, numbers go.
    labels: [
      { text: "weight w₁", at: [0, 0, z], away: [0, 0, sz], gap: 20, name: true },
      { text: "weight w₂", at: [x, 0, 0], away: [sx, 0, 0], gap: 20, name: true },
      { text: ends.w1[0], at: [-near, 0, z], away: [0, 0, sz], gap: 4 },
      { text: ends.w1[1], at: [near, 0, z], away: [0, 0, sz], gap: 4 },
      // w₂ grows away from the first eye.
      { text: ends.w2[0], at: [x, 0, near], away: [sx, 0, 0], gap: 4 },
      { text: ends.w2[1], at: [x, 0, -near], away: [sx, 0, 0], gap: 4 },
      { text: "loss", at: [x, top, -z], away: [0, 1, 0], gap: 10, name: true, up: true },
      { text: ends.loss[1], at: [x, top, -z], away: side, gap: 4, up: true, stacks: 3 },
      { text: ends.loss[0], at: [x, 0.1 * top, -z], away: side, gap: 4, up: true, stacks: 1 },
    ],
  };
}

/**
 * The middle of words of this size beside a point of the picture, off it in a direction.
 * @param {[number, number]} point
 * @param {[number, number]} away of any length
 * @param {number} gap
 * @param {number} width
 * @param {number} height
 * @returns {[number, number]}
 */
export function beside([x, y], [dx, dy], gap, width, height) {
  const length = Math.hypot(dx, dy) || 1, u = dx / length, v = dy / length;
  const far = gap + (Math.abs(u) * width + Math.abs(v) * height) / 2;
  return [x + u * far, y + v * far];
}

/** @typedef {[number, number, number, number]} Box middle and size, in pixels */

/**
 * The nearest middle at which words stand clear of others: their own, or so far above it.
 * @param {Box[]} taken
 * @param {Box} words
 * @param {number} gap pixels that stay free above and below
 */
export function above(taken, [x, y, wide, high], gap) {
  let free = y;
  for (let k = 0; k <= taken.length; k++) {
    const met = taken.find(([a, b, w, h]) =>
      Math.abs(a - x) < (w + wide) / 2 + 3 && Math.abs(b - free) < (h + high) / 2 + gap - 0.01);
    if (!met) return free;
    free = met[1] - (met[3] + high) / 2 - gap;
  }
  return free;
}

export class Frame {
  /**
   * @param {any} space whose axes they are
   * @param {[number, number]} size width of the floor, and height, in its units
   */
  constructor(space, [size, top]) {
    this.space = space;
    this.half = size / 2;
    this.top = top;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "sc-layer";
    space.element.append(this.canvas);
  }

  /**
   * @param {number} w of the picture
   * @param {number} h
   * @param {number} whole width, with the colour scale's
   */
  resize(w, h, whole) {
    this.w = w;
    this.h = h;
    this.whole = whole;
    this.ctx = fitCanvas(this.canvas, whole, h);
  }

  /** @param {any} group that the line is put into */
  prepare(group) {
    const { T, lab } = this.space, { field } = lab, [x0, x1, y0, y1] = field.ranges;
    const [low, high] = endsOf(field);
    /** @type {Ends} */
    this.ends = {
      w1: [number(x0), number(x1)], w2: [number(y0), number(y1)],
      loss: [number(low), number(high)],
    };
    this.line = new T.Line(new T.BufferGeometry(), new T.LineBasicMaterial({ color: lab.colours.ink }));
    this.line.frustumCulled = false;
    this.corner = "";
    group.add(this.line);
  }

  /** To the edges in front of the eye. */
  turn() {
    const { T, camera } = this.space, { x, z } = camera.position;
    const { line, labels } = edges(x, z, this.half, this.top, this.ends);
    this.labels = labels;
    const corner = String(line[1]);
    if (corner === this.corner) return;
    this.corner = corner;
    this.line.geometry.setFromPoints(line.map((p) => new T.Vector3(...p)));
  }

  /**
   * Where a place is in the picture, in pixels; null behind the eye.
   * @param {Place} place
   * @returns {[number, number] | null}
   */
  seen(place) {
    const { T, camera } = this.space, p = new T.Vector3(...place).project(camera);
    return p.z < 1 ? [((p.x + 1) / 2) * this.w, ((1 - p.y) / 2) * this.h] : null;
  }

  /** @param {boolean} departed whether an arrow tells that a path has left the picture */
  write(departed) {
    const { ctx, space: { lab } } = this, { colours, type } = lab;
    ctx.clearRect(0, 0, this.whole, this.h);
    drawScale(ctx, lab.view);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4 * type;
    ctx.strokeStyle = colours.paper;
    ctx.fillStyle = colours.ink;
    /** @type {[number, number][]} */
    const covered = [];
    for (const place of this.space.relief ?? []) {
      const there = this.seen(place);
      if (there) covered.push(there);
    }
    const shape = outline(covered); // seen from above the surface reaches beyond its floor
    /** @type {Box[]} */
    const taken = []; // the words so far
    // From above the upright edge is a point or lies across: nothing can be read from it.
    const [tip, , foot] = this.labels.filter(({ up }) => up).map(({ at }) => this.seen(at));
    const stands = foot && tip && foot[1] - tip[1] > LOWEST * type;
    for (const { text, at, away, gap, name, up, stacks = 0 } of this.labels) {
      if (up && !stands) continue;
      const here = this.seen(at);
      const there = this.seen(/** @type {Place} */ (at.map((v, i) => v + 0.05 * away[i])));
      if (!here || !there) continue;
      const high = (name ? 13 : 12) * type;
      ctx.font = `${high}px ${colours.font}`;
      const wide = ctx.measureText(text).width;
      const [dx, dy] = [there[0] - here[0], there[1] - here[1]], length = Math.hypot(dx, dy) || 1;
      const start = beside(here, [dx, dy], gap * type, wide, high);
      const room = (name ? 5 : 3) * type;
      const far = clearance(start, [dx / length, dy / length], wide, high, shape, room);
      const [x, y] = [start[0] + (far * dx) / length, start[1] + (far * dy) / length];
      if (x < -REACH || y < -REACH || x > this.w + REACH || y > this.h + REACH) continue;
      const left = Math.min(Math.max(x, wide / 2 + 3), this.w - wide / 2 - 3);
      let middle = Math.min(Math.max(y, high / 2 + 2), this.h - high / 2 - 2);
      // Where the picture ends before the words are clear of the surface, they stand above it.
      middle -= Math.abs(left - x) > 1 ? clearance([left, middle], [0, -1], wide, high, shape, room) : 0;
      const apart = stacks ? 3 * type : 0;
      const free = above(taken, [left, middle, wide, high], apart);
      if (middle - free > stacks * (high + 2 * apart) || free < high / 2) continue;
      middle = free;
      taken.push([left, middle, wide, high]);
      ctx.strokeText(text, left, middle); // readable where it meets the surface
      ctx.fillText(text, left, middle);
    }
    if (departed) this.tellLeft();
  }

  /** What an arrow means, in the upper left corner, which the surface leaves free. */
  tellLeft() {
    const { ctx, space: { lab: { colours, type } } } = this, y = 12 * type;
    ctx.font = `${12 * type}px ${colours.font}`;
    ctx.textAlign = "left";
    ctx.strokeText("left the picture", 24 * type, y);
    ctx.fillText("left the picture", 24 * type, y);
    arrow(ctx, 12 * type, y, 0, 0.7 * type);
    ctx.fillStyle = "grey";
    ctx.fill();
  }
}
