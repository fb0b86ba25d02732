// A number as a slider that answers while it is dragged, with a box for the exact value.
//
// Streamlit's own slider speaks only when it is let go. This one sends while it moves: at most one
// value is under way at a time, and when the answer is there the newest value goes next.

const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const PATIENCE_MS = 1000; // after which an answer is no longer waited for
const sliders = new WeakMap();

/** Slider stops of a track: round numbers, ten a decade, or equal steps. */
function stops({ from: low, to: high, step, log, integer }) {
  const list = [];
  if (log) {
    if (low === 0) list.push(0);
    const first = Math.floor(Math.log10(low || (integer ? 1 : high * 1e-8)));
    for (let e = first; e <= Math.ceil(Math.log10(high)); e++) {
      for (const m of MANTISSAS) {
        const value = Number(`${m}e${e}`);
        if (integer && !Number.isInteger(value)) continue;
        if (value >= low && value <= high) list.push(value);
      }
    }
  } else {
    const count = Math.round((high - low) / step);
    for (let i = 0; i <= count; i++) list.push(Number((low + i * step).toPrecision(12)));
  }
  return list;
}

if (import.meta.url.startsWith("http")) await import(new URL("../shared/numbers.js", import.meta.url).href);
const { number, plain } = globalThis.initoptNumbers;

const GROUPED = /(?<![0-9.,])[1-9][0-9]{0,2}(?:[\s_'’\u00a0\u2009\u202f][0-9]{3})+(?![0-9])/g;
const BARE_POWER = /^([+-]?)10(?:\^|\*\*)([+-]?[0-9]{1,3})$/;
const NUMBER =
  /^([+-]?)([0-9][0-9.,]*|[.,][0-9]+)(?:(?:e|[*·×x]10(?:\^|\*\*)?)([+-]?[0-9]{1,3}))?$/i;
const COMMAS = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?$/;
const POINTS = /^[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]*|(?:\.[0-9]{3}){2,})$/;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Digits with a point for the fraction and nothing between thousands, or null. */
function plainDigits(digits) {
  if (COMMAS.test(digits)) return digits.replaceAll(",", "");
  if (POINTS.test(digits)) return digits.replaceAll(".", "").replace(",", ".");
  if ((digits.match(/[.,]/g) ?? []).length > 1) return null;
  return digits.replace(",", ".");
}

/** The number that a person's text means, or null; the twin of `number_text` in Python, where
 * the rules are said. */
export function readNumber(given) {
  const text = given
    .trim()
    .replace(/[−–]/g, "-")
    .replace(/10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, raised) =>
      `10^${[...raised].map((c) => ({ "⁺": "+", "⁻": "-" })[c] ?? RAISED.indexOf(c)).join("")}`)
    .replace(GROUPED, (group) => group.replace(/[^0-9]/g, ""))
    .replace(/\s*([*·×xX^])\s*/g, "$1");
  const bare = BARE_POWER.exec(text);
  const match = bare ? [text, bare[1], "1", bare[2]] : NUMBER.exec(text);
  if (!match) return null;
  const plain = plainDigits(match[2]);
  if (plain === null || plain.length > 400) return null;
  const value = Number(`${match[1]}${plain}e${match[3] ?? 0}`);
  return Number.isFinite(value) ? value : null;
}

class NumberSlider {
  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "initopt-number";
    this.root.innerHTML = `
      <div class="row"><label></label><span class="help" tabindex="0" role="note">?</span>
        <input type="text" inputmode="decimal" autocomplete="off"><span class="unit"></span></div>
      <input type="range" step="1" min="0">
      <div class="problem" role="alert"></div>`;
    [this.label, this.help, this.box, this.unit] = this.root.firstElementChild.children;
    [, this.range, this.problem] = this.root.children;
    this.range.addEventListener("input", () => this.choose(this.list[Number(this.range.value)]));
    this.box.addEventListener("change", () => this.typed());
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.write(this.value);
    });
    parent.appendChild(this.root);
    this.sent = this.answered = 0;
  }

  /** New properties from the server; what the user is doing right now is not overwritten. */
  update(component) {
    const { data } = component;
    this.set = component.setStateValue;
    const shape = JSON.stringify([data.from, data.to, data.step, data.log, data.integer]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.list = stops(data);
      this.range.max = this.list.length - 1;
    }
    this.data = data;
    this.label.textContent = data.label;
    this.range.setAttribute("aria-label", data.label);
    this.box.setAttribute("aria-label", `${data.label}, exact value`);
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
    let nearest = 0;
    this.list.forEach((stop, i) => {
      if (Math.abs(stop - value) < Math.abs(this.list[nearest] - value)) nearest = i;
    });
    this.range.value = nearest;
    this.range.setAttribute("aria-valuetext", `${number(value, 6)} ${this.data.unit}`.trim());
    this.root.style.setProperty("--fill", `${(100 * nearest) / (this.list.length - 1)}%`);
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
  slider.update(component);
  return () =>
    setTimeout(() => {
      if (parent.isConnected) return; // Streamlit cleans up before every update, too
      clearTimeout(slider.timer);
      sliders.delete(parent);
    }, 0);
}
