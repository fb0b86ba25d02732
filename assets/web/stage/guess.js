// Predict, then reveal: plots are covered, their axes stay, and a guess is drawn on the cover with a
// finger, a mouse, or the arrow keys. Revealed, the true figure lies below the guess.

import { fitCanvas } from "../shared/canvas.js";
import { pageColours } from "../shared/colours.js";
import { COVERED } from "../shared/cover.js";
import { Below } from "./below.js";
import { boxes, isPlot, once, padOf, plots } from "./boxes.js";
import { keepDrafts } from "./drafts.js";
import { begun, clear, ink as inked, lengthened, pen as drawPen, restored, strokesOf, undoes } from "./ink.js";
import { drawLid } from "./lid.js";
import { Pens } from "./pens.js";
import { open, shut } from "./shutters.js";

/** @typedef {import("./boxes.js").Box} Box */

keepDrafts();
const STEP = 14, FINE = 3; // pixels of an arrow key
const HOW = "The answer is covered. Draw your guess, or move the pen by arrow keys, with shift in small " +
  "steps; space puts it down and lifts it, a digit takes another line's pen, Backspace takes back a line, with shift all lines, Enter reveals.";
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Let what moves by itself know: the race on a surface waits at its start. */
function told(covered, play) {
  const said = document.documentElement.dataset;
  if (covered) said.covered = covered;
  else {
    delete said.covered;
    open();
  }
  dispatchEvent(new Event(COVERED));
  for (const root of document.querySelectorAll(".sc-root")) {
    const lab = /** @type {any} */ (root.parentElement)?.__lab;
    if (play && lab) lab.clock.time = 0;
    if (play) lab?.clock.play(true);
    lab?.dirty();
  }
}

/** Where the main pointer is a finger, the cover takes it over the plots alone: beside them it scrolls
 * the page, and a swipe leads to another scene. */
const byFinger = () => matchMedia("(pointer: coarse)").matches;

export class Guess {
  /**
   * @param {HTMLElement} parent
   * @param {HTMLElement} hint where pens are offered
   * @param {(covered: boolean, drawn: boolean, undoes: boolean) => void} changed hears whether there is
   * a cover, whether something is drawn, and whether something can be undone
   */
  constructor(parent, hint, changed) {
    this.parent = parent;
    this.changed = changed;
    this.pens = new Pens(hint);
    this.covered = false;
    this.strokes = strokesOf("");
    /** @type {Box[]} */
    this.boxes = [];
    /** @type {Box[]} */
    this.plots = [];
    /** @type {[number, number] | null} */
    this.pen = null; // of the keyboard
    this.down = false;
    /** @type {import("./ink.js").Stroke | null} */
    this.drawing = null; // by a pointer
    this.frame = 0;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "initopt-guess";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", HOW);
    this.spoken = document.createElement("div");
    this.spoken.className = "spoken";
    this.spoken.setAttribute("aria-live", "polite");
    this.below = new Below(() => this.covered);
    parent.append(this.below.place);
    this.pads = document.createElement("div");
    this.pads.className = "initopt-pads";
    const { canvas } = this;
    for (const place of /** @type {HTMLElement[]} */ ([canvas, this.pads])) {
      place.addEventListener("pointerdown", (e) => {
        if (!this.covered || !(e.target instanceof Element)) return;
        e.target.setPointerCapture(e.pointerId);
        canvas.dataset.byHand = "yes"; // Space and arrows lead on, as everywhere in a hall: no pen of keys
        canvas.focus({ preventScroll: true });
        this.pen = null;
        this.down = false;
        this.drawing = this.stroke(e.clientX, e.clientY);
      });
      place.addEventListener("pointermove", (e) => {
        if (!e.buttons || !(e.target instanceof Element) || !e.target.hasPointerCapture(e.pointerId)) return;
        const all = e.getCoalescedEvents?.() ?? [];
        for (const { clientX: x, clientY: y } of all.length ? all : [e]) {
          if (this.drawing) lengthened(this.drawing, this.plots, x, y);
          else this.drawing = this.stroke(x, y); // it comes into a plot
        }
        this.paint();
      });
    }
    canvas.addEventListener("blur", () => delete canvas.dataset.byHand);
    canvas.addEventListener("keydown", (e) => this.key(e));
  }

  /**
   * @param {boolean} hides whether the new scene has something to guess
   * @param {string} scene whose guesses come back
   */
  begin(hides, scene) {
    this.strokes = strokesOf(scene);
    this.below.look();
    this.drawing = null;
    this.pen = null;
    this.down = false;
    if (hides) this.cover();
    else {
      this.covered = false;
      told("", false);
      this.gone();
    }
    this.tell();
  }

  toggle() {
    if (this.covered) this.reveal();
    else this.cover();
    this.tell();
  }

  end() {
    this.gone();
    this.below.end();
  }

  tell() { this.changed(this.covered, this.strokes.length > 0, undoes(this.strokes)); }

  /**
   * A new line begins, where a plot is; what is begun.
   * @param {number} x
   * @param {number} y
   */
  stroke(x, y) {
    const made = begun(this.plots, x, y);
    if (made) {
      this.pens.give(made, this.plots, this.strokes);
      this.strokes.push(made);
    }
    this.tell();
    this.paint();
    return made;
  }

  /** Take the last line back, or what was cleared; whether there was something. */
  undo() {
    if (!this.covered || !undoes(this.strokes)) return false;
    const one = this.strokes.pop();
    if (one) {
      this.pens.back(one, this.strokes);
      this.taken(this.strokes.length ? "The last line is taken back" : "Nothing is drawn");
    } else {
      restored(this.strokes);
      this.pens.anew(this.strokes);
      this.taken("All lines are there again");
    }
    return true;
  }

  /** Take all lines of the scene away; whether there were some. */
  clear() {
    if (!this.covered || !this.strokes.length) return false;
    clear(this.strokes);
    this.pens.anew(this.strokes);
    this.taken("All lines are taken away");
    return true;
  }

  /** @param {string} said of what was done to the lines */
  taken(said) {
    this.down = false;
    this.drawing = null;
    this.spoken.textContent = said;
    this.tell();
    this.paint();
  }

  cover() {
    this.covered = true;
    this.spoken.textContent = ""; // what was said of the answer
    this.seen = ""; // the canvas may hold another scene's lines, or nothing, on plots of the same size
    told("wait", false); // nothing is seen until the cover lies on it
    this.canvas.hidden = false;
    this.canvas.classList.remove("revealed");
    if (!this.canvas.isConnected) {
      this.parent.append(this.canvas, this.pads, this.spoken);
      this.canvas.classList.toggle("by-finger", byFinger());
    }
    if (!this.frame) this.look();
  }

  reveal() {
    this.covered = false;
    this.pen = null;
    this.canvas.classList.add("revealed");
    this.pads.replaceChildren();
    this.below.look();
    told("", true);
    this.paint();
    this.spoken.textContent = "Revealed.";
  }

  /** Figures are drawn, scrolled and sized when they are: cover and guess follow, frame by frame. */
  look() {
    this.frame = 0;
    if (!this.covered && !this.strokes.length) return;
    this.frame = requestAnimationFrame(() => this.look());
    const found = boxes(), colours = Object.values(pageColours(this.parent));
    if (this.covered) shut();
    const text = JSON.stringify([found, innerWidth, innerHeight, colours]);
    if (text !== this.seen) {
      this.seen = text;
      this.boxes = found;
      this.plots = plots();
      if (this.covered) this.lay();
      this.below.look();
      this.pens.offer(this.plots, this.strokes);
      this.paint();
    }
    const covered = found.length ? "yes" : "wait";
    if (this.covered && document.documentElement.dataset.covered !== covered) told(covered, false);
  }

  /** A pad over each plot and its margin for the finger. */
  lay() {
    if (!this.canvas.matches(".by-finger")) return;
    const plots = once(this.boxes.filter(isPlot)), places = plots.map((one) => padOf(one, plots));
    const pads = [...this.pads.children];
    while (pads.length < plots.length) pads.push(this.pads.appendChild(document.createElement("div")));
    for (const [i, pad] of pads.entries()) {
      if (i >= plots.length) pad.remove();
      else Object.assign(/** @type {HTMLElement} */ (pad).style, {
        left: `${places[i].x}px`, top: `${places[i].y}px`, width: `${places[i].w}px`, height: `${places[i].h}px`,
      });
    }
  }

  paint() {
    const ctx = fitCanvas(this.canvas, innerWidth, innerHeight);
    const { ink, paper } = pageColours(this.parent);
    if (this.covered) {
      for (const box of this.boxes.filter((b) => !b.open)) drawLid(ctx, box, ink, paper, !this.guessed(box));
    }
    ctx.save();
    this.clip(ctx);
    inked(ctx, this.strokes, this.plots);
    ctx.restore();
    if (this.pen) drawPen(ctx, this.pen, this.down);
  }

  /**
   * A guess is about what is in the plots: no ink over numbers and words beside them.
   * @param {CanvasRenderingContext2D} ctx
   */
  clip(ctx) {
    const plots = this.boxes.filter(isPlot);
    if (!plots.length) return;
    ctx.beginPath();
    for (const { x, y, w, h } of plots) ctx.rect(x, y, w, h);
    ctx.clip();
  }

  /** @param {Box} box whether a line is drawn in it */
  guessed({ x, y, h }) {
    const its = (/** @type {Box} */ one) => one.y === y && one.h === h && one.x <= x && x <= one.x + one.w;
    return this.strokes.some(({ plot }) => this.plots[plot] && its(this.plots[plot]));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = WAYS[event.key];
    if (!this.covered || event.altKey || event.ctrlKey || event.metaKey) return;
    if ((way || event.key === " ") && "byHand" in this.canvas.dataset) return;
    if (way) this.move(way, event.shiftKey ? FINE : STEP);
    else if (event.key === " ") this.drop(!this.down);
    else if (event.key === "Backspace") event.shiftKey ? this.clear() : this.undo();
    else if (event.key === "Enter") this.toggle();
    else if (/^[1-9]$/.test(event.key) && this.pens.choose(Number(event.key) - 1)) this.spoken.textContent = this.pens.said;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.paint();
  }

  /**
   * @param {[number, number]} way
   * @param {number} step
   */
  move([dx, dy], step) {
    const [first] = this.boxes;
    const [x, y] = this.pen ?? (first ? [first.x, first.y + first.h / 2] : [innerWidth / 2, innerHeight / 2]);
    const into = (/** @type {number} */ v, /** @type {number} */ high) => Math.min(Math.max(v, 4), high - 4);
    this.pen = [into(x + dx * step, innerWidth), into(y + dy * step, innerHeight)];
    const stroke = this.down && this.strokes.at(-1);
    if (stroke) lengthened(stroke, this.plots, ...this.pen);
    const box = this.boxes.find((b) => this.pen && this.pen[0] >= b.x && this.pen[0] <= b.x + b.w && this.pen[1] >= b.y && this.pen[1] <= b.y + b.h);
    if (!box) this.spoken.textContent = "Outside of the plots";
    else {
      const across = Math.round((100 * (this.pen[0] - box.x)) / box.w);
      const up = Math.round(100 - (100 * (this.pen[1] - box.y)) / box.h);
      this.spoken.textContent = `${across} % across, ${up} % up, pen ${this.down ? "down" : "lifted"}`;
    }
  }

  /** @param {boolean} down */
  drop(down) {
    if (!this.pen) this.move([0, 0], 0);
    this.down = down;
    if (down && this.pen) this.stroke(...this.pen);
    this.spoken.textContent = down ? "Pen down" : "Pen lifted";
  }

  gone() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.canvas.remove();
    this.pads.remove();
    this.spoken.remove();
  }
}
