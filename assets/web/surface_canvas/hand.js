// The hand on the flat view: drag, pan, pinch, wheel.
//
// A mouse moves the start from wherever it presses. A finger drags only the start's ring itself,
// since a swipe that begins elsewhere scrolls the page; a tap anywhere puts the start there.

import { SETTLED } from "./finger.js";

/** @typedef {import("./view.js").View} View */

const REACH = 16, TOUCH_REACH = 28; // pixels around a start
const WHEEL = 200; // the most that one turn of the wheel counts

export class Hand {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    /** @type {Map<number, number[]>} */
    this.pointers = new Map(); // fingers on the picture, and where
    /** @type {"" | "start" | "tap" | "pan" | "pinch"} */
    this.mode = "";
    this.held = -1; // the run whose start is held; -1 is the shared one
    const { stage } = view;
    /** @type {(e: MouseEvent) => [number, number]} */
    this.at = (e) => {
      const box = stage.getBoundingClientRect();
      return [e.clientX - box.left, e.clientY - box.top];
    };
    stage.addEventListener("pointerdown", (e) => this.down(e));
    stage.addEventListener("pointermove", (e) => this.move(e));
    stage.addEventListener("pointerup", (e) => this.up(e, true));
    stage.addEventListener("pointercancel", (e) => this.up(e, false)); // the page scrolls instead
    stage.addEventListener("pointerleave", () => view.read(null));
    stage.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    stage.addEventListener("dblclick", () => view.lab.home());
    // What is ours is kept from scrolling the page; everything else is left to it.
    stage.addEventListener("touchstart", (e) => {
      if (e.touches.length > 1 || this.mode === "start" || this.mode === "pan") e.preventDefault();
    }, { passive: false });
  }

  /** @param {PointerEvent} e */
  down(e) {
    const { view } = this, { lab } = view;
    if (!view.view || e.button > 1) return;
    const [x, y] = this.at(e), touched = e.pointerType === "touch";
    if (!view.inside(x, y)) return;
    view.stage.setPointerCapture(e.pointerId);
    lab.stage.focus({ preventScroll: true });
    this.pointers.set(e.pointerId, [x, y]);
    if (this.pointers.size === 2) this.second();
    else if (e.button === 1 || e.shiftKey || lab.tool === "pan") this.mode = "pan";
    else if (!lab.scene.starts.length) this.mode = touched ? "" : "pan"; // a swipe scrolls
    else {
      const near = lab.start.near(x, y, touched ? TOUCH_REACH : REACH);
      this.held = near ?? lab.start.byKey();
      this.from = lab.start.marks().find((start) => start.run === this.held);
      this.mode = touched && near === null ? "tap" : "start";
      if (!touched) this.place(x, y);
    }
    if (!touched) e.preventDefault();
  }

  /** A second finger: the first was no start after all, the two zoom. */
  second() {
    const { start } = this.view.lab;
    if (this.mode === "start" && start.held && this.from) {
      start.move(this.held, this.from.x, this.from.y);
      start.release();
    }
    this.mode = "pinch";
    this.pinch = this.spread();
  }

  /** @param {PointerEvent} e */
  move(e) {
    const { view } = this;
    if (!view.view) return;
    const [x, y] = this.at(e), before = this.pointers.get(e.pointerId);
    view.read([x, y]);
    if (!before) return;
    if (this.mode === "tap" && Math.hypot(x - before[0], y - before[1]) > SETTLED) this.mode = ""; // a swipe
    if (this.mode !== "tap") this.pointers.set(e.pointerId, [x, y]);
    if (this.mode === "pinch" && this.pointers.size === 2) this.pinched();
    else if (this.mode === "pan") view.pan(x - before[0], y - before[1]);
    else if (this.mode === "start") this.place(x, y);
  }

  /**
   * @param {PointerEvent} e
   * @param {boolean} meant false where the browser took the finger for something else
   */
  up(e, meant) {
    if (!this.pointers.delete(e.pointerId)) return;
    const { start } = this.view.lab;
    if (this.mode === "tap" && meant) this.place(...this.at(e));
    if (start.held) start.release();
    if (!this.pointers.size) this.mode = "";
  }

  /** @param {WheelEvent} e */
  wheel(e) {
    const { view } = this;
    if (!view.view || view.lab.solid) return;
    const [x, y] = this.at(e);
    if (!view.inside(x, y)) return;
    e.preventDefault();
    view.zoom(Math.exp(Math.min(Math.max(e.deltaY, -WHEEL), WHEEL) * 0.0022), x, y);
  }

  /**
   * The held start to a point of the picture.
   * @param {number} x
   * @param {number} y
   */
  place(x, y) {
    const { view } = this, { box } = view;
    view.lab.start.move(this.held, view.ux(Math.min(Math.max(x, box.x), box.x + box.w)),
      view.uy(Math.min(Math.max(y, box.y), box.y + box.h)));
  }

  /** Distance and middle of two fingers. */
  spread() {
    const [[ax, ay], [bx, by]] = [...this.pointers.values()];
    return { size: Math.hypot(ax - bx, ay - by), x: (ax + bx) / 2, y: (ay + by) / 2 };
  }

  pinched() {
    const now = this.spread(), before = this.pinch ?? now;
    if (now.size > 0) {
      this.view.pan(now.x - before.x, now.y - before.y);
      this.view.zoom(before.size / now.size, now.x, now.y);
    }
    this.pinch = now;
  }
}
