// A cross that the arrow keys move over a figure's plots, with its place spoken; Enter chooses.

import { number } from "../shared/numbers.js";
import { told } from "./bins.js";
import { panels, scaleOf } from "./pick.js";

export const HOW = "Arrow keys move over it, with shift in small steps, Enter chooses.";
const STEPS = 40; // of a panel, where the figure names no step of its own
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * The next place on an axis: a step on, on a multiple of the step, inside the domain.
 * @param {number} at
 * @param {number} way -1, 0 or 1
 * @param {number} step
 * @param {number} low
 * @param {number} high
 */
export function moved(at, way, step, low, high) {
  if (!way) return at;
  const next = Math.round(at / step + way) * step;
  return Math.min(Math.max(Number(next.toPrecision(12)), low), high);
}

export class Cursor {
  /**
   * @param {HTMLElement} element the figure
   * @param {(at: { x: number | null, y: number | null, view: string | null }) => void} choose
   */
  constructor(element, choose) {
    this.element = element;
    this.choose = choose;
    /** @type {any} */
    this.view = null;
    /** @type {(number | null)[]} */
    this.keys = [null, null];
    /** @type {string[] | null} */
    this.names = null; // of the plots, where they are histograms
    this.panel = 0;
    /** @type {{ x: number, y: number } | null} */
    this.at = null; // in data units
    this.cross = document.createElement("div");
    this.cross.className = "initopt-cross";
    this.cross.hidden = true;
    this.spoken = document.createElement("div");
    this.spoken.className = "initopt-spoken";
    this.spoken.setAttribute("aria-live", "polite");
    element.append(this.cross, this.spoken);
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("blur", () => this.rest());
  }

  /**
   * Whether the figure can be read by keys now, and in which steps.
   * @param {boolean} on
   * @param {(number | null)[] | null} keys
   * @param {string} alt
   */
  offer(on, keys, alt) {
    this.on = on;
    this.keys = keys ?? [null, null];
    if (on) this.element.tabIndex = 0;
    this.element.setAttribute("role", on ? "application" : "img");
    this.element.setAttribute("aria-label", on ? `${alt} ${HOW}` : alt);
    if (!on) this.rest();
  }

  rest() {
    this.at = null;
    this.cross.hidden = true;
    this.spoken.textContent = "";
  }

  /** The plots that have two axes to be read by. */
  plots() {
    return panels(this.view.scenegraph().root).flatMap((panel) => {
      const x = scaleOf(this.view, panel.name, "x"), y = scaleOf(this.view, panel.name, "y");
      return x && y ? [{ panel, x, y }] : [];
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.on || !this.view || event.target !== this.element) return;
    const way = WAYS[event.key];
    const plots = this.plots();
    if (!plots.length || event.altKey || event.ctrlKey || event.metaKey) return;
    if (way) this.go(plots, way, event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") this.chosen(plots);
    else {
      if (event.key === "Escape") this.rest();
      return;
    }
    event.preventDefault();
  }

  /**
   * @param {ReturnType<Cursor["plots"]>} plots
   * @param {[number, number]} way
   * @param {boolean} fine
   */
  go(plots, way, fine) {
    this.panel = Math.min(this.panel, plots.length - 1);
    const before = this.at;
    /** @type {(scale: any, axis: 0 | 1) => { step: number, low: number, high: number }} */
    const axis = (scale, i) => {
      const [low, high] = [...scale.domain()].map(Number).sort((a, b) => a - b);
      const own = this.keys[i];
      return { step: own ?? ((high - low) / STEPS) * (fine ? 0.2 : 1), low, high };
    };
    const { x, y } = plots[this.panel];
    const across = axis(x, 0), up = axis(y, 1);
    if (!before) this.at = { x: (across.low + across.high) / 2, y: (up.low + up.high) / 2 };
    const from = this.at ?? { x: 0, y: 0 };
    this.at = {
      x: moved(from.x, way[0], across.step, across.low, across.high),
      y: moved(from.y, way[1], up.step, up.low, up.high),
    };
    // At the edge of one plot the next one begins.
    const next = this.panel + way[0];
    if (way[0] && this.at.x === from.x && plots[next]) {
      this.panel = next;
      const other = axis(plots[next].x, 0);
      this.at.x = way[0] > 0 ? other.low : other.high;
    }
    this.show(plots);
  }

  /** @param {ReturnType<Cursor["plots"]>} plots */
  show(plots) {
    if (!this.at) return;
    const { panel, x, y } = plots[this.panel];
    const { left, top } = this.view.padding();
    const [ox, oy] = this.view.origin();
    this.cross.style.left = `${left + ox + panel.x + x(this.at.x)}px`;
    this.cross.style.top = `${top + oy + panel.y + y(this.at.y)}px`;
    this.cross.hidden = false;
    const said = [panel.title, `${panel.across || "across"} ${number(this.at.x)}`];
    if (panel.up) said.push(`${panel.up} ${number(this.at.y)}`);
    // A histogram has nothing to say of a height, but of the bin.
    const [px, py] = [panel.x + x(this.at.x), panel.y + panel.height / 2];
    const bin = this.names && told(this.view.scenegraph().root, this.names, px, py);
    this.spoken.textContent = bin ? bin.replaceAll("\n", ", ") : said.filter(Boolean).join(", ");
    this.cross.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {ReturnType<Cursor["plots"]>} plots */
  chosen(plots) {
    if (!this.at) return;
    this.choose({ ...this.at, view: plots[this.panel].panel.name || null });
    this.spoken.textContent = `Chosen: ${this.spoken.textContent}`;
  }
}
