// The playback's clock, in steps: everything that moves is drawn at its time.

const WHOLE_MS = 6000; // the whole path at speed 1, however many steps it has
const LONGEST_MS = 100; // of one frame: after a pause of the browser time goes on where it was

/** @typedef {"first" | "back" | "play" | "next" | "end"} Act */

export class Clock {
  /** @param {() => void} changed called when something else is to be shown */
  constructor(changed) {
    this.changed = changed;
    this.steps = 0;
    this.time = 0;
    this.speed = 1;
    this.loop = false;
    this.playing = false;
    this.new = true;
    /** @type {number | null} */
    this.before = null; // when the last frame was
  }

  /**
   * Another number of steps; who stood at the end stays there.
   * @param {number} steps
   */
  fit(steps) {
    const atEnd = this.new || (!this.playing && this.time >= this.steps);
    this.new = false;
    this.steps = steps;
    this.time = atEnd ? steps : Math.min(this.time, steps);
  }

  /** @param {boolean} on */
  play(on) {
    this.playing = on;
    if (on && this.time >= this.steps) this.time = 0;
    this.before = null;
    this.changed();
  }

  /** @param {number} step any number; rounded, and kept within the path */
  seek(step) {
    if (this.playing) this.play(false);
    this.time = Math.min(Math.max(Math.round(step), 0), this.steps);
    this.changed();
  }

  /** @param {Act} name */
  act(name) {
    if (name === "play") return this.play(!this.playing);
    const { time, steps } = this;
    this.seek({ first: 0, back: Math.ceil(time) - 1, next: Math.floor(time) + 1, end: steps }[name]);
  }

  /**
   * Time goes on to this frame.
   * @param {number} now in milliseconds
   */
  tick(now) {
    if (!this.playing) return;
    const gap = this.before === null ? 0 : Math.min(now - this.before, LONGEST_MS);
    this.before = now;
    this.time += (gap / WHOLE_MS) * this.steps * this.speed;
    if (this.time < this.steps) return;
    if (this.loop) this.time = 0;
    else {
      this.time = this.steps;
      this.play(false);
    }
  }
}
