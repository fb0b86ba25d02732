// The line at the top of a page in a hall: what is shown, and the way out.
//
// Takes { title }.
// Gives the trigger "leave".

import { controls } from "./controls.js";

/** @type {WeakMap<Element, Bar>} */
const bars = new WeakMap();

/**
 * @param {string} text
 * @param {string} title what it does, and its key
 * @param {() => void} act
 */
function button(text, title, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = title;
  made.addEventListener("click", act);
  return made;
}

class Bar {
  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    this.leave = () => {};
    this.root = document.createElement("header");
    this.root.className = "initopt-stage";
    this.words = document.createElement("div");
    this.words.className = "words";
    this.title = document.createElement("h1");
    this.words.append(this.title);
    this.controls = button("Controls", "Show or tuck away the controls (C)", () => this.tuck());
    const out = button("Leave", "Leave lecture mode", () => this.leave());
    this.root.append(this.words, this.controls, out);
    parent.append(this.root);
    this.keys = (event) => this.key(event);
    document.addEventListener("keydown", this.keys);
  }

  /** @param {any} component */
  update({ data, setTriggerValue }) {
    this.leave = () => setTriggerValue("leave", true);
    this.title.textContent = data.title;
    this.controls.setAttribute("aria-pressed", String(controls.shown()));
  }

  tuck() {
    this.controls.setAttribute("aria-pressed", String(controls.toggle()));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const { target } = event;
    if (target instanceof Element && target.closest("input:not([type=range]), textarea, select, [role=dialog]")) return;
    if (event.key === "c" || event.key === "C") this.tuck();
  }

  end() {
    document.removeEventListener("keydown", this.keys);
    this.root.remove();
    bars.delete(this.parent);
  }
}

export default function (component) {
  const { parentElement } = component;
  let bar = bars.get(parentElement);
  if (!bar) bars.set(parentElement, (bar = new Bar(parentElement)));
  bar.update(component);
  const made = bar;
  // Streamlit also calls this before every update; only a real end counts.
  return () => setTimeout(() => { if (!parentElement.isConnected) made.end(); }, 0);
}
