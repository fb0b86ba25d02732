// One Vega view for each element. Data and signals are swapped in place; the newest wins.
// The Python side is initopt_core/ui/components/live_chart.py; definition.js has the message.
// Longer than other files: one class holds what one view goes through.

import { moved } from "../shared/cover.js";
import { ready as facesReady } from "../shared/faces.js";
import { below, fillsWindow, inHall, strokeScale, typeScale } from "../shared/type.js";
import { told } from "./bins.js";
import { colours } from "./colours.js";
import { covers } from "./covers.js";
import { Cursor } from "./cursor.js";
import { definition, read } from "./definition.js";
import { PHONE, layout } from "./layout.js";
import { hit, plainDatum, unscaled } from "./pick.js";
import { expand } from "./rows.js";
import { STROKES, withStrokes } from "./strokes.js";

/** @typedef {import("./definition.js").Message} Message */

/** @type {any} */
const page = globalThis;
const vegaReady = page.vega
  ? Promise.resolve(page.vega)
  : import(new URL("../vendor/vega/vega.min.js", import.meta.url).href).then(() => page.vega);

/** @type {WeakMap<Element, LiveFigure>} */
const figures = new WeakMap(); // by parent element

const EDGE = 20; // pixels below a figure that fills the window
const HEAD_REM = 12.4; // above the first figure: the window's head, the page's title, a sentence

/** A definition that could not be had yet: it comes with the next message. */
class Asked extends Error {}

class LiveFigure {
  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {(click: Record<string, any>) => void} */
    this.report = () => {};
    /** @type {(digest: string) => void} */
    this.ask = () => {};
    /** @type {any} */
    this.view = null; // Vega's
    /** @type {HTMLDivElement & { view?: any }} */
    this.element = document.createElement("div");
    this.element.className = "initopt-figure";
    this.element.dataset.drawn = "0";
    this.stage = document.createElement("div");
    this.element.append(this.stage);
    parent.append(this.element);
    /** @type {any} */ (this.element).covers = () => covers(this.view, this.stage.querySelector("canvas"));
    this.cursor = new Cursor(this.element, (at) => this.chosen({ datum: null, ...at }));
    this.drawn = 0;
    this.clicks = 0;
    this.running = false;
    /** @type {Message | null} */
    this.wanted = null; // the newest message not drawn yet
    /** @type {Message | null} */
    this.last = null; // the newest message drawn
    this.shown = { data: {}, signals: {} };
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.element);
    const block = this.element.closest('[data-testid="stMainBlockContainer"]');
    if (block) this.observer.observe(block); // what is above may grow: seen in a hall alone
    this.window = () => this.resized();
    addEventListener("resize", this.window, { passive: true });
    this.element.addEventListener("scroll", () => this.edges(), { passive: true });
    this.stage.addEventListener("pointermove", (event) => this.pointed(event));
    this.stage.addEventListener("pointerleave", () => this.pointed(null));
    this.escape = (event) => this.escaped(event);
    document.addEventListener("keydown", this.escape);
  }

  /** @param {Message} message */
  show(message) {
    this.wanted = message;
    this.work();
  }

  resized() {
    if (this.last && this.place() !== this.fitted) {
      this.refit = true;
      this.work();
    } else if (this.wanted) this.work();
  }

  async work() {
    if (this.running) return; // the loop below takes the newest when it comes round
    this.running = true;
    try {
      while (this.wanted || this.refit) {
        if (!this.element.clientWidth) break; // hidden: drawn when it gets a width
        const message = this.wanted ?? this.last;
        this.wanted = null;
        this.refit = false;
        await this.draw(message);
      }
    } finally {
      this.running = false;
    }
  }

  /** @param {Message} message */
  async draw(message) {
    const { head, text } = message;
    this.last = message;
    const element = this.element;
    moved(element);
    element.style.minHeight = `${this.measures().height}px`;
    element.dataset.figure = head.key;
    try {
      const body = message.body ?? (message.body = JSON.parse(text));
      this.cursor.offer(head.select, head.keys, body.alt);
      this.cursor.names = body.signals.panels ?? null;
      if (head.select) element.dataset.select = "1";
      else delete element.dataset.select;
      let ink = await this.view_for(head, body);
      ink = this.put(body) || ink;
      ink = this.paint() || ink;
      ink = this.fit() || ink;
      if (ink) await this.view.runAsync();
      if (this.grown) await this.legends();
      this.edges();
      this.quiet(null);
      if (this.view) {
        element.dataset.stamp = head.stamp;
        element.dataset.drawn = String(++this.drawn);
      }
    } catch (error) {
      if (error instanceof Asked) return;
      console.warn("figure not drawn", error);
      const { message: why } = /** @type {Error} */ (error);
      this.quiet(`This figure could not be drawn (${why}). The data is in its export.`);
    }
  }

  // The view of this definition; made when there is none or when the definition has changed.
  async view_for(head, body) {
    if (this.view && this.digest === head.spec) return false;
    let spec;
    try {
      spec = await definition(head);
    } catch (error) {
      if (this.asked === head.spec) throw error;
      this.asked = head.spec;
      this.ask(head.spec);
      throw new Asked();
    }
    const [vega] = await Promise.all([vegaReady, facesReady]);
    this.view?.finalize();
    this.shown = { data: {}, signals: {} };
    const runtime = vega.parse(withStrokes(spec));
    this.view = new vega.View(runtime, { renderer: "canvas", hover: false, logLevel: vega.Error });
    this.view.tooltip((handler, event, item, value) => {
      if (!this.last?.body?.signals.panels) this.tip(event, value);
    });
    this.view.initialize(this.stage);
    this.element.view = this.cursor.view = this.view; // the element's is for the console
    this.view.addEventListener("click", (event, item) => this.clicked(event, item));
    this.digest = head.spec;
    this.fitted = undefined;
    this.put(body);
    this.paint();
    this.fit();
    this.grown = false; // its first layout knows its letters
    await this.view.runAsync();
    return false;
  }

  // Vega places a legend's entries by their sizes before the letters grew: once more.
  async legends() {
    this.grown = false;
    const { view } = this;
    await view.signal("legend_columns", view.signal("legend_columns"), { force: true }).runAsync();
  }

  put(body) {
    const view = this.view;
    let changed = false;
    for (const [name, data] of Object.entries(body.data)) {
      const text = JSON.stringify(data);
      if (this.shown.data[name] === text) continue;
      this.shown.data[name] = text;
      view.data(name, expand(data));
      changed = true;
    }
    for (const [name, value] of Object.entries(body.signals)) {
      const text = JSON.stringify(value);
      if (this.shown.signals[name] === text) continue;
      this.shown.signals[name] = text;
      view.signal(name, value);
      changed = true;
    }
    return changed;
  }

  paint() {
    let changed = false;
    for (const [name, value] of Object.entries(colours(this.element))) {
      if (this.shown.signals[name] === value) continue;
      this.shown.signals[name] = value;
      this.view.signal(name, value);
      changed = true;
    }
    return changed;
  }

  // Sizes in the place there is now; a figure without a room keeps its own.
  measures() {
    const { room, height } = this.last.head;
    if (!room) return { height };
    if (this.fills()) {
      const whole = { ...room, screen: 1, lowest: 20, least: Math.min(room.least, 90) };
      const high = below(this.element) - EDGE;
      return layout(whole, this.element.clientWidth, this.type(), innerWidth, high, true);
    }
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const high = innerHeight - HEAD_REM * rem;
    return layout(room, this.element.clientWidth, this.type(), innerWidth, high);
  }

  type() {
    return typeScale(this.last.head.large, innerWidth, innerHeight, inHall());
  }

  fills() {
    return fillsWindow() && (innerWidth > PHONE || inHall());
  }

  // What the sizes depend on.
  place() {
    const high = innerWidth > PHONE || this.fills() ? innerHeight : 0;
    const top = this.fills() ? Math.round(below(this.element)) : 0;
    return [this.element.clientWidth, this.type(), high, top].join();
  }

  // Plots get what the gutters leave; whether anything changed.
  fit() {
    const { room } = this.last.head;
    const place = this.place();
    if (this.fitted === place) return false;
    this.fitted = place;
    this.grown = Boolean(room?.entries) && this.view.signal("type_scale") !== this.type();
    this.view.signal("type_scale", this.type()).signal(STROKES, strokeScale());
    if (!room) return true;
    const { columns, panel, tall, legend, padding, width } = this.measures();
    if (room.stack) this.view.signal("plot_columns", columns);
    this.view.signal("plot_width", panel).signal("plot_height", tall);
    this.view.signal("legend_columns", legend).padding(padding);
    this.element.dataset.width = String(Math.round(width)); // as computed, for who checks it
    this.view.resize();
    return true;
  }

  // Says at which side there is more to see, for the shadow there.
  edges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.element;
    const sides = [];
    if (scrollLeft > 1) sides.push("left");
    if (scrollLeft + clientWidth < scrollWidth - 1) sides.push("right");
    this.element.dataset.more = sides.join(" ");
    // Who cannot swipe scrolls by keys.
    if (sides.length || this.last?.head.select) this.element.tabIndex = 0;
    else this.element.removeAttribute("tabindex");
  }

  tip(event, value) {
    if (!value) {
      this.tipElement?.remove();
      this.tipElement = null;
      return;
    }
    if (!this.tipElement) {
      this.tipElement = document.createElement("div");
      this.tipElement.className = "initopt-tip";
      this.element.append(this.tipElement);
    }
    this.tipElement.textContent =
      typeof value === "object"
        ? Object.entries(value).map(([k, v]) => `${k}: ${v}`).join("\n")
        : String(value);
    const box = this.tipElement.getBoundingClientRect();
    const left = Math.min(event.clientX + 12, innerWidth - box.width - 4);
    const top = Math.min(event.clientY + 12, innerHeight - box.height - 4);
    this.tipElement.style.left = `${left}px`;
    this.tipElement.style.top = `${top}px`;
  }

  // A pointer's place from the drawing's origin, in pixels.
  spot(event) {
    const box = this.stage.querySelector("canvas").getBoundingClientRect();
    const { left, top } = this.view.padding();
    const [ox, oy] = this.view.origin();
    return [event.clientX - box.left - left - ox, event.clientY - box.top - top - oy];
  }

  // Histograms say what the bin under the pointer holds.
  pointed(event) {
    const names = this.last?.body?.signals.panels;
    if (!names || !this.view) return;
    const [x, y] = event ? this.spot(event) : [-1, -1];
    this.tip(event, event && told(this.view.scenegraph().root, names, x, y));
  }

  // Escape leads back from what a click has opened.
  escaped(event) {
    const { target } = event;
    if (event.key !== "Escape" || !this.last?.head.back || event.defaultPrevented) return;
    if (target !== this.element && target?.closest?.("input, textarea, [role=dialog]")) return;
    this.chosen({ datum: null, x: null, y: null, view: null });
  }

  clicked(event, item) {
    if (!this.last.head.select) return;
    const [x, y] = this.spot(event);
    const { name, x: px, y: py } = hit(this.view.scenegraph().root, x, y, "");
    const datum = item?.datum && item.mark?.marktype !== "group" ? plainDatum(item.datum) : null;
    this.chosen({ datum, ...unscaled(this.view, name, px, py), view: name || null });
  }

  chosen(what) {
    this.report({ ...what, n: ++this.clicks });
  }

  quiet(text) {
    if (!text) {
      this.note?.remove();
      this.note = null;
      return;
    }
    if (!this.note) {
      this.note = document.createElement("div");
      this.note.className = "initopt-note";
      this.element.append(this.note);
    }
    this.note.textContent = text;
  }

  end() {
    this.observer.disconnect();
    removeEventListener("resize", this.window);
    document.removeEventListener("keydown", this.escape);
    this.view?.finalize();
    this.element.remove();
    figures.delete(this.parent);
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue, setStateValue } = component;
  let figure = figures.get(parentElement);
  if (!figure) {
    figure = new LiveFigure(parentElement);
    figures.set(parentElement, figure);
  }
  figure.report = (value) => setTriggerValue("select", value);
  figure.ask = (digest) => setStateValue("need", digest);
  const message = read(data);
  if (message) figure.show(message);
  // Streamlit also calls this when a newer run overtook this one; only a real end counts.
  return () => setTimeout(() => { if (!parentElement.isConnected) figure.end(); }, 0);
}
