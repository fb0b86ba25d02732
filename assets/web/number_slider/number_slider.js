// A number as a slider that answers while it is dragged, with a box for the exact value.
//
// Streamlit's own slider speaks only when it is let go. This one sends while it moves: at most one
// value is under way at a time, and when the answer is there the newest value goes next.

import { NEWS } from "../shared/news.js";
import { number, plain } from "../shared/numbers.js";
import { readNumber } from "./reading.js";
import { nearest, stops } from "./stops.js";

const PATIENCE_MS = 1000; // after which an answer is no longer waited for
const sliders = new WeakMap();

class NumberSlider {
  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "initopt-number";
    this.root.innerHTML = `
      <div class="row"><label></label><span class="help" tabindex="0" role="note">?</span>
        <input type="text" inputmode="decimal" autocomplete="off"><span class="unit"></span></div>
      <input type="range" step="1" min="0">
      <div class="problem" role="alert"></div>`;
    /** @type {(selector: string) => any} */
    const find = (selector) => this.root.querySelector(selector);
    this.label = find("label");
    this.help = find(".help");
    this.box = find("input[type=text]");
    this.unit = find(".unit");
    this.range = find("input[type=range]");
    this.problem = find(".problem");
    /** @type {number[]} */
    this.list = []; // the stops
    /** @type {number | undefined} */
    this.next = undefined; // the newest value, while another is under way
    this.value = NaN;
    /** @type {(name: string, value: any) => void} */
    this.set = () => {}; // Streamlit's, given with each drawing
    this.range.addEventListener("input", () => this.choose(this.list[Number(this.range.value)]));
    this.box.addEventListener("change", () => this.typed());
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.write(this.value);
    });
    parent.appendChild(this.root);
    this.hears = (/** @type {any} */ { detail }) => {
      const news = detail.find((told) => told.key === this.data?.key);
      if (news) this.update({ ...this.data, ...news });
    };
    document.addEventListener(NEWS, this.hears);
    this.sent = this.answered = 0;
  }

  /** New properties from the server; what the user is doing right now is not overwritten. */
  update(data) {
    const [session, said] = this.data?.said ?? [];
    if (session === data.said[0] && said > data.said[1]) return; // there were news since then
    const shape = JSON.stringify([data.from, data.to, data.step, data.log, data.integer]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.list = stops(data);
      this.range.max = this.list.length - 1;
    }
    this.data = data;
    this.label.textContent = data.label;
    const name = data.name || data.label; // the label with what it belongs to
    this.range.setAttribute("aria-label", name);
    this.box.setAttribute("aria-label", `${name}, exact value`);
    this.range.dataset.key = this.box.dataset.key = data.key;
    this.help.hidden = !data.help;
    this.help.title = data.help;
    this.help.setAttribute("aria-label", data.help);
    this.unit.textContent = data.unit;
    this.unit.hidden = !data.unit;
    this.root.toggleAttribute("data-disabled", data.disabled);
    this.range.disabled = this.box.disabled = data.disabled;
    if (data.epoch !== this.epoch) { // Back was pressed: what was under way is meant no longer
      this.epoch = data.epoch;
      this.next = undefined;
      this.answered = this.sent;
    }
    this.answered = Math.max(this.answered, data.ack);
    if (this.answered >= this.sent) {
      clearTimeout(this.timer);
      if (this.next !== undefined) this.send();
      else if (data.value !== this.value) this.write(data.value);
    }
  }

  typed() {
    const { low, high, integer } = this.data;
    const value = readNumber(this.box.value);
    if (value === null || value < low || value > high || (integer && !Number.isInteger(value))) {
      const kind = integer ? "a whole number" : "a number";
      this.problem.textContent = `Give ${kind} from ${number(low, 6)} to ${number(high, 6)}.`;
      return;
    }
    this.choose(value);
  }

  choose(value) {
    this.write(value);
    this.next = value;
    if (this.answered >= this.sent) this.send();
  }

  send() {
    const value = this.next;
    this.next = undefined;
    this.sent += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.answered = this.sent;
      if (this.next !== undefined) this.send();
    }, PATIENCE_MS);
    this.set("value", [value, this.sent, this.epoch]);
  }

  /** Show a value without telling the server. */
  write(value) {
    this.value = value;
    this.problem.textContent = "";
    this.box.value = plain(value);
    const place = nearest(this.list, value);
    this.range.value = place;
    this.range.setAttribute("aria-valuetext", `${number(value, 6)} ${this.data.unit}`.trim());
    this.root.style.setProperty("--fill", `${(100 * place) / (this.list.length - 1)}%`);
  }
}

export default function (component) {
  const parent = component.parentElement;
  let slider = sliders.get(parent);
  if (!slider) {
    slider = new NumberSlider(parent);
    slider.sent = slider.answered = component.data.ack;
    sliders.set(parent, slider);
  }
  slider.set = component.setStateValue;
  slider.update(component.data);
  return () =>
    setTimeout(() => {
      if (parent.isConnected) return; // Streamlit cleans up before every update, too
      clearTimeout(slider.timer);
      document.removeEventListener(NEWS, slider.hears);
      sliders.delete(parent);
    }, 0);
}
