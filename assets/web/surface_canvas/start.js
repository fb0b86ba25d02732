// The starts under the finger: moved at once, while at most one question is on its way.

import { number } from "../shared/numbers.js";

const PATIENCE_MS = 1500; // after which an answer is no longer waited for
const REST_MS = 500; // after the last key, before it counts as let go

/**
 * To a thousandth of the view, or what is left of it.
 * @param {number} value
 * @param {number} span of the view
 */
const rounded = (value, span) =>
  Number(value.toFixed(Math.min(Math.max(0, 3 - Math.floor(Math.log10(span))), 100))) || 0;

export class Start {
  /** @param {import("./surface_canvas.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.held = false;
    /** @type {{ run: number, x: number, y: number } | null} */
    this.local = null; // where it is before the server has answered
    /** @type {{ run: number, x: number, y: number, done?: boolean } | null} */
    this.pending = null; // the newest place that was not asked for yet
    this.sent = this.flight = this.flightAt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** The server's answer has come. */
  answered() {
    if (this.lab.scene.ack >= this.flight) this.flight = 0;
    if (!this.held) this.local = null;
    this.next();
  }

  /** All starts as they are drawn. */
  marks() {
    const { scene } = this.lab;
    return scene.starts.map((start) => {
      const moved = this.local && this.local.run === start.run ? this.local : start;
      const run = scene.runs[start.run];
      return { run: start.run, x: moved.x, y: moved.y, color: run ? run.color : "#222" };
    });
  }

  /**
   * The nearest start within reach of a point of the picture, or null.
   * @param {number} px
   * @param {number} py
   * @param {number} reach in pixels
   * @returns {number | null}
   */
  near(px, py, reach) {
    const { view } = this.lab;
    let best = null;
    for (const { run, x, y } of this.marks()) {
      const away = Math.hypot(view.px(x) - px, view.py(y) - py);
      if (away < reach) [best, reach] = [run, away];
    }
    return best;
  }

  /** The chosen optimizer's own start, else the one that all share. */
  byKey() {
    const { scene, selected } = this.lab;
    return scene.starts.some((start) => start.run === selected) ? selected : scene.starts[0].run;
  }

  /**
   * @param {number} run
   * @param {number} x
   * @param {number} y
   */
  move(run, x, y) {
    const [x0, x1, y0, y1] = this.lab.view.view;
    this.held = true;
    this.local = { run, x: rounded(x, x1 - x0), y: rounded(y, y1 - y0) };
    this.pending = { ...this.local };
    this.lab.dirty();
    this.next();
  }

  release() {
    this.held = false;
    if (this.local) this.pending = { ...this.local, done: true };
    this.next();
  }

  /**
   * By hundredths of the view; it counts as let go after a moment's rest.
   * @param {number} dx
   * @param {number} dy
   */
  nudge(dx, dy) {
    if (!this.lab.scene.starts.length) return;
    const run = this.byKey(), [x0, x1, y0, y1] = this.lab.view.view;
    const { x, y } = this.marks().find((start) => start.run === run);
    /** @type {(v: number, low: number, high: number) => number} */
    const into = (v, low, high) => Math.min(Math.max(v, low), high);
    this.move(run, into(x + (dx * (x1 - x0)) / 100, x0, x1), into(y + (dy * (y1 - y0)) / 100, y0, y1));
    this.lab.say(`Start at ${number(this.local.x)}, ${number(this.local.y)}`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(), REST_MS);
  }

  /** At most one question is on its way; the newest place waits for its answer. */
  next() {
    if (!this.pending || (this.flight && performance.now() - this.flightAt < PATIENCE_MS)) return;
    this.sent = this.flight = Math.max(this.sent + 1, this.lab.scene.ack + 1);
    this.flightAt = performance.now();
    const value = { ...this.pending, n: this.flight };
    this.pending = null;
    this.lab.report("start", value);
  }

  end() {
    clearTimeout(this.timer);
  }
}
