// One Vega view for each element. Data and signals are swapped in place; the newest wins.
// The Python side is initopt_core/ui/components/live_chart.py; expand() there is the same as here.

const served = import.meta.url.startsWith("http");
const vegaReady = globalThis.vega
  ? Promise.resolve(globalThis.vega)
  : import(new URL("../vendor/vega/vega.min.js", import.meta.url).href).then(() => globalThis.vega);

const fontReady = served
  ? import(new URL("../shared/faces.js", import.meta.url).href).then((faces) => faces.ready, () => {})
  : document.fonts.load("11px 'Source Sans'").catch(() => {});

const specs = new Map(); // digest -> promise of the compiled definition
const darkness = new Map(); // background colour -> whether it is dark
const figures = new WeakMap(); // parent element -> state

const LEGEND_LINE = 18; // as in figures/room.py

const HEAD_REM = 12.4; // above the first figure: the window's head, the page's title, a sentence
const PHONE = 640; // a narrower window scrolls anyway, and changes its height while it does

// How many times larger than usual letters are: in large type, 2 % of a window's height at least.
export function typeScale(large, wide = innerWidth, high = innerHeight) {
  return large ? Math.max(1.25, (0.0202 * Math.min(high, 0.75 * wide)) / 11) : 1;
}

// The layout of a figure in a place of this width, in a window `wide` with `high` pixels left below
// the page's head: figures/room.py says the same for letters and panels of the usual size.
export function layout(room, place, type = 1, wide = 0, high = 0) {
  const [left, right, bottom] = [room.left, room.right, room.bottom].map((v) => v * type);
  const gaps = (room.columns - 1) * room.gap * type;
  const free = place - left - right - gaps;
  const panel = Math.min(
    room.most,
    Math.max(room.least, Math.floor(free / room.columns)),
  );
  const inside = room.columns * panel + gaps;
  const fit = Math.floor(inside / (room.entry_width * type));
  const legend = Math.max(1, Math.min(room.entries, fit));
  const lines = room.entries ? Math.ceil(room.entries / legend) : 0;
  const top = (room.top + lines * LEGEND_LINE) * type;
  const gutters = top + (room.rows - 1) * room.row_gap * type + bottom;
  const share = Math.floor((room.screen * high - gutters) / room.rows);
  const tall = room.screen && wide > PHONE ? Math.max(room.lowest, share) : room.height;
  return {
    panel,
    tall,
    legend,
    padding: { left, right, top, bottom },
    width: left + inside + right,
    height: gutters + room.rows * tall,
  };
}

export function expand(data) {
  const rows = [];
  if (data.groups) {
    for (const group of data.groups) {
      const names = Object.keys(group);
      const long = names.find((k) => Array.isArray(group[k]));
      const n = long === undefined ? 1 : group[long].length;
      for (let i = 0; i < n; i++) {
        const row = {};
        for (const k of names) row[k] = Array.isArray(group[k]) ? group[k][i] : group[k];
        rows.push(row);
      }
    }
    return rows;
  }
  for (const panel of data.histograms) {
    const { edges, counts, ...fields } = panel;
    const n = counts.length;
    const even = edges.length === 2;
    const known = !even || (edges[0] !== null && edges[1] !== null);
    const edge = (i) =>
      !known ? null : even ? edges[0] + ((edges[1] - edges[0]) * i) / n : edges[i];
    for (let i = 0; i < n; i++) {
      rows.push(
        data.bars
          ? { ...fields, x: edge(i), x2: edge(i + 1), y: counts[i] }
          : { ...fields, x: edge(i), y: counts[i] },
      );
    }
    if (!data.bars && n) rows.push({ ...fields, x: edge(n), y: counts[n - 1] });
  }
  return rows;
}

function definition(head) {
  if (head.inline) specs.set(head.spec, Promise.resolve(head.inline));
  if (!specs.has(head.spec)) {
    const found = served
      ? fetch(new URL(`../../initopt.specs/${head.spec}.json`, import.meta.url)).then((r) => {
          if (!r.ok) throw new Error(`status ${r.status}`);
          return r.json();
        })
      : Promise.reject(new Error("not served"));
    found.catch(() => specs.delete(head.spec));
    specs.set(head.spec, found);
  }
  return specs.get(head.spec);
}

function read(data) {
  if (!(data instanceof Uint8Array)) return null;
  const text = new TextDecoder().decode(data);
  const cut = text.indexOf("\n");
  return { head: JSON.parse(text.slice(0, cut)), text: text.slice(cut + 1) };
}

// The page's own colours, as the signals that theme.py declares.
function colours(element) {
  const style = getComputedStyle(element);
  const get = (name, other) => style.getPropertyValue(name).trim() || other;
  const paper = get("--st-background-color", "#ffffff");
  if (!darkness.has(paper)) {
    const [r, g, b] = channels(paper);
    darkness.set(paper, 0.2126 * r + 0.7152 * g + 0.0722 * b < 128);
  }
  const dark = darkness.get(paper);
  return {
    ink: get("--st-text-color", dark ? "#fafafa" : "#31333f"),
    faint: dark ? "#3a3f4b" : "#d5d8df",
    paper,
    dark,
  };
}

// [r, g, b] of any CSS colour: a canvas knows them all and answers in one notation.
function channels(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  const hex = /^#(..)(..)(..)$/.exec(context.fillStyle);
  if (hex) return hex.slice(1).map((c) => parseInt(c, 16));
  return (context.fillStyle.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
}

class LiveFigure {
  constructor(parent) {
    this.parent = parent;
    this.element = document.createElement("div");
    this.element.className = "initopt-figure";
    this.element.setAttribute("role", "img");
    this.element.dataset.drawn = "0";
    this.stage = document.createElement("div");
    this.element.append(this.stage);
    parent.append(this.element);
    this.drawn = 0;
    this.running = false;
    this.wanted = null; // the newest message not drawn yet
    this.shown = { data: {}, signals: {} };
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.element);
    this.window = () => this.resized();
    addEventListener("resize", this.window, { passive: true });
    this.element.addEventListener("scroll", () => this.edges(), { passive: true });
  }

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

  async draw(message) {
    const { head, text } = message;
    this.last = message;
    const element = this.element;
    element.style.minHeight = `${this.measures().height}px`;
    element.dataset.figure = head.key;
    try {
      const body = message.body ?? (message.body = JSON.parse(text));
      element.setAttribute("aria-label", body.alt);
      if (head.select) element.dataset.select = "1";
      else delete element.dataset.select;
      let ink = await this.view_for(head, body);
      ink = this.put(body) || ink;
      ink = this.paint() || ink;
      ink = this.fit() || ink;
      if (ink) await this.view.runAsync();
      this.edges();
      this.quiet(null);
      if (this.view) {
        element.dataset.stamp = head.stamp;
        element.dataset.drawn = String(++this.drawn);
      }
    } catch (error) {
      if (error.ask) return; // the definition comes with the next message
      console.warn("figure not drawn", error);
      this.quiet(`This figure could not be drawn (${error.message}). The data is in its export.`);
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
      this.ask?.(head.spec);
      error.ask = true;
      throw error;
    }
    const [vega] = await Promise.all([vegaReady, fontReady]);
    this.view?.finalize();
    this.shown = { data: {}, signals: {} };
    const runtime = vega.parse(spec);
    this.view = new vega.View(runtime, { renderer: "canvas", hover: false, logLevel: vega.Error });
    this.view.tooltip((handler, event, item, value) => this.tip(event, value));
    this.view.initialize(this.stage);
    this.element.view = this.view; // for the console
    this.view.addEventListener("click", (event, item) => this.clicked(event, item));
    this.digest = head.spec;
    this.fitted = undefined;
    this.put(body);
    this.paint();
    this.fit();
    await this.view.runAsync();
    return false;
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
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const high = innerHeight - HEAD_REM * rem;
    return layout(room, this.element.clientWidth, this.type(), innerWidth, high);
  }

  type() {
    return typeScale(this.last.head.large);
  }

  // What the sizes depend on.
  place() {
    return [this.element.clientWidth, this.type(), innerWidth > PHONE ? innerHeight : 0].join();
  }

  // Plots get what the gutters leave; whether anything changed.
  fit() {
    const { room } = this.last.head;
    const place = this.place();
    if (this.fitted === place) return false;
    this.fitted = place;
    this.view.signal("type_scale", this.type());
    if (!room) return true;
    const { panel, tall, legend, padding, width } = this.measures();
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

  clicked(event, item) {
    if (!this.last.head.select) return;
    const box = this.stage.querySelector("canvas").getBoundingClientRect();
    const { left, top } = this.view.padding();
    const [ox, oy] = this.view.origin();
    const x = event.clientX - box.left - left - ox;
    const y = event.clientY - box.top - top - oy;
    const found = hit(this.view.scenegraph().root, x, y, "");
    const prefix = found.name.replace(/_group$/, "");
    const invert = (axis, at) => {
      for (const name of [prefix ? `${prefix}_${axis}` : axis, axis]) {
        try {
          const scale = this.view.scale(name);
          if (scale.invert) return Number(scale.invert(at));
        } catch { /* no such scale */ }
      }
      return null;
    };
    const datum = item?.datum && item.mark?.marktype !== "group" ? plain(item.datum) : null;
    this.report({ datum, x: invert("x", found.x), y: invert("y", found.y),
      view: found.name || null, n: (this.clicks = (this.clicks ?? 0) + 1) });
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
    this.view?.finalize();
    this.element.remove();
    figures.delete(this.parent);
  }
}

// Innermost panel under (x, y) and the position in it.
function hit(mark, x, y, name) {
  for (const group of mark.items ?? []) {
    const gx = x - (group.x ?? 0);
    const gy = y - (group.y ?? 0);
    for (const child of group.items ?? []) {
      if (child.marktype !== "group" || child.role === "axis" || child.role === "legend") continue;
      for (const panel of child.items) {
        const px = gx - panel.x;
        const py = gy - panel.y;
        if (px >= 0 && py >= 0 && px <= panel.width && py <= panel.height && child.name) {
          return hit({ items: [panel] }, gx, gy, child.name);
        }
      }
    }
    return { name, x: gx, y: gy };
  }
  return { name, x, y };
}

function plain(datum) {
  const out = {};
  for (const [k, v] of Object.entries(datum)) {
    if (v === null || ["number", "string", "boolean"].includes(typeof v)) out[k] = v;
  }
  return out;
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
