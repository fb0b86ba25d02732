// Predict, then reveal: plots are covered, their axes stay, and a guess is drawn on the cover with a
// finger, a mouse, or the arrow keys. Revealed, the true figure lies below the guess.

import { fitCanvas } from "../shared/canvas.js";
import { pageColours } from "../shared/colours.js";
import { boxes } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {{ on: Element | undefined, places: [number, number][] }} Stroke places in pixels, from the
 * corner of the figure that it was drawn on: it goes with it where the page scrolls */

const INK = "#111111", HALO = "#ffdd00", WIDTH = 5; // a marker's: no optimizer has them
const SMALL = 40; // pixels: what is lower is no plot
const BEYOND = 9; // pixels by which the last point of a curve may stand out of its plot
const STEP = 14, FINE = 3; // pixels of an arrow key
const HOW = "The answer is covered. Draw your guess, or move the pen by arrow keys, with shift in small " +
  "steps; space puts it down and lifts it, Backspace takes back a line, Enter reveals.";
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Let what moves by itself know: the race on a surface waits at its start. */
function told(covered, play) {
  const said = document.documentElement.dataset;
  if (covered) said.covered = covered;
  else delete said.covered;
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
const DRAWN = ".initopt-figure canvas, .sc-stage, .sc-plots, .bm-root canvas, .sf-root canvas";

/** @param {Element | undefined} on @returns {[number, number]} */
function corner(on) {
  const { x, y } = on?.isConnected ? on.getBoundingClientRect() : { x: 0, y: 0 };
  return [x, y];
}

/** @param {number} x @param {number} y @returns {Stroke} */
function begun(x, y) {
  const on = document.elementsFromPoint(x, y).find((e) => e.matches(DRAWN));
  return lengthened({ on, places: [] }, x, y);
}

/** @param {Stroke} stroke @param {number} x @param {number} y */
function lengthened(stroke, x, y) {
  const [left, top] = corner(stroke.on);
  stroke.places.push([x - left, y - top]);
  return stroke;
}

export class Guess {
  /**
   * @param {HTMLElement} parent
   * @param {(covered: boolean) => void} changed
   */
  constructor(parent, changed) {
    this.parent = parent;
    this.changed = changed;
    this.covered = false;
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {Box[]} */
    this.boxes = [];
    /** @type {[number, number] | null} */
    this.pen = null; // of the keyboard
    this.down = false;
    this.frame = 0;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "initopt-guess";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", HOW);
    this.spoken = document.createElement("div");
    this.spoken.className = "spoken";
    this.spoken.setAttribute("aria-live", "polite");
    this.pads = document.createElement("div");
    this.pads.className = "initopt-pads";
    const { canvas } = this;
    for (const place of /** @type {HTMLElement[]} */ ([canvas, this.pads])) {
      place.addEventListener("pointerdown", (e) => {
        if (!this.covered || !(e.target instanceof Element)) return;
        e.target.setPointerCapture(e.pointerId);
        canvas.focus({ preventScroll: true });
        this.strokes.push(begun(e.clientX, e.clientY));
        this.paint();
      });
      place.addEventListener("pointermove", (e) => {
        if (!e.buttons || !(e.target instanceof Element) || !e.target.hasPointerCapture(e.pointerId)) return;
        const all = e.getCoalescedEvents?.() ?? [], stroke = this.strokes.at(-1);
        if (stroke) for (const one of all.length ? all : [e]) lengthened(stroke, one.clientX, one.clientY);
        this.paint();
      });
    }
    canvas.addEventListener("keydown", (e) => this.key(e));
    this.resized = () => { this.strokes = []; };
    this.scrolled = () => {
      if (this.covered || !this.strokes.length) return; // else the cover looks for itself
      this.boxes = boxes();
      this.paint();
    };
  }

  /** @param {boolean} hides whether the new scene has something to guess */
  begin(hides) {
    this.strokes = [];
    this.pen = null;
    this.down = false;
    if (hides) this.cover();
    else {
      this.covered = false;
      told("", false);
      this.gone();
    }
    this.changed(this.covered);
  }

  toggle() {
    if (this.covered) this.reveal();
    else this.cover();
    this.changed(this.covered);
  }

  cover() {
    this.covered = true;
    this.seen = ""; // the canvas may hold another scene's lines, or nothing, on plots of the same size
    told("wait", false); // nothing is seen until the cover lies on it
    this.canvas.hidden = false;
    this.canvas.classList.remove("revealed");
    if (!this.canvas.isConnected) {
      this.parent.append(this.canvas, this.pads, this.spoken);
      this.canvas.classList.toggle("by-finger", byFinger());
      addEventListener("resize", this.resized);
      addEventListener("scroll", this.scrolled, { capture: true, passive: true });
    }
    if (!this.frame) this.look();
  }

  reveal() {
    this.covered = false;
    this.pen = null;
    this.canvas.classList.add("revealed");
    this.pads.replaceChildren();
    told("", true);
    this.paint();
    this.spoken.textContent = "Revealed.";
  }

  /** Figures are drawn when they are: the cover follows them, frame by frame. */
  look() {
    this.frame = 0;
    if (!this.covered) return;
    const found = boxes(), text = JSON.stringify(found) + innerWidth + innerHeight;
    if (text !== this.seen) {
      this.seen = text;
      this.boxes = found;
      this.lay();
      this.paint();
    }
    const covered = found.length ? "yes" : "wait";
    if (document.documentElement.dataset.covered !== covered) told(covered, false);
    this.frame = requestAnimationFrame(() => this.look());
  }

  /** A pad over each plot for the finger. */
  lay() {
    if (!this.canvas.matches(".by-finger")) return;
    const places = new Map(this.boxes.filter(({ h }) => h >= SMALL).map((b) => [JSON.stringify(b), b]));
    const plots = [...places.values()], pads = [...this.pads.children]; // each once, however often a chart names it
    while (pads.length < plots.length) pads.push(this.pads.appendChild(document.createElement("div")));
    for (const [i, pad] of pads.entries()) {
      if (i >= plots.length) pad.remove();
      else Object.assign(/** @type {HTMLElement} */ (pad).style, {
        left: `${plots[i].x}px`, top: `${plots[i].y}px`, width: `${plots[i].w}px`, height: `${plots[i].h}px`,
      });
    }
  }

  paint() {
    const ctx = fitCanvas(this.canvas, innerWidth, innerHeight);
    const { ink, paper } = pageColours(this.parent);
    if (this.covered) {
      for (const box of this.boxes.filter((b) => !b.open)) this.lid(ctx, box, ink, paper);
    }
    ctx.save();
    this.clip(ctx);
    ctx.lineJoin = ctx.lineCap = "round";
    for (const [colour, width] of /** @type {[string, number][]} */ ([[HALO, WIDTH + 4], [INK, WIDTH]])) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      for (const stroke of this.strokes) {
        const [left, top] = corner(stroke.on);
        const [first] = stroke.places;
        ctx.beginPath();
        ctx.moveTo(left + first[0], top + first[1]);
        for (const [x, y] of stroke.places) ctx.lineTo(left + x, top + y);
        ctx.stroke();
      }
    }
    ctx.restore();
    if (this.pen) {
      ctx.fillStyle = this.down ? INK : HALO;
      ctx.strokeStyle = this.down ? HALO : INK;
      ctx.lineWidth = 3;
      ctx.beginPath();
      ctx.arc(...this.pen, 9, 0, 7);
      ctx.fill();
      ctx.stroke();
    }
  }

  /**
   * A guess is about what is in the plots: no ink over numbers and words beside them.
   * @param {CanvasRenderingContext2D} ctx
   */
  clip(ctx) {
    const plots = this.boxes.filter(({ h }) => h >= SMALL);
    if (!plots.length) return;
    ctx.beginPath();
    for (const { x, y, w, h } of plots) ctx.rect(x, y, w, h);
    ctx.clip();
  }

  /**
   * The cover of one plot.
   * @param {CanvasRenderingContext2D} ctx
   * @param {Box} box
   * @param {string} ink
   * @param {string} paper
   */
  lid(ctx, { x, y, w, h }, ink, paper) {
    ctx.fillStyle = paper;
    ctx.fillRect(x - 3, y - 3, w + 3 + BEYOND, h + 6);
    if (h < SMALL) return; // print beside a plot
    ctx.globalAlpha = 0.45;
    ctx.strokeStyle = ctx.fillStyle = ink;
    ctx.lineWidth = 1.5;
    ctx.setLineDash([7, 6]);
    ctx.strokeRect(x, y, w, h);
    ctx.setLineDash([]);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 ${Math.max(20, Math.min(w, h) / 3)}px sans-serif`;
    ctx.globalAlpha = 0.2;
    ctx.fillText("?", x + w / 2, y + h / 2);
    ctx.globalAlpha = 1;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = WAYS[event.key];
    if (!this.covered || event.altKey || event.ctrlKey || event.metaKey) return;
    if (way) this.move(way, event.shiftKey ? FINE : STEP);
    else if (event.key === " ") this.drop(!this.down);
    else if (event.key === "Backspace") this.strokes.pop();
    else if (event.key === "Enter") this.toggle();
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
    if (stroke) lengthened(stroke, ...this.pen);
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
    if (down && this.pen) this.strokes.push(begun(...this.pen));
    this.spoken.textContent = down ? "Pen down" : "Pen lifted";
  }

  gone() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    removeEventListener("resize", this.resized);
    removeEventListener("scroll", this.scrolled, { capture: true });
    this.canvas.remove();
    this.pads.remove();
    this.spoken.remove();
  }
}
