// One map of starting points: coloured by the minimum reached, darker the longer it took.
// The Python side is initopt_core/figures/loss_surfaces/basin_map.py.

import { FONT, fitCanvas, upwards } from "../shared/canvas.js";
import { VIRIDIS, hexChannels, watchTheme } from "../shared/colours.js";
import { moved, placed } from "../shared/cover.js";
import { ready as facesReady } from "../shared/faces.js";
import { below, fillsWindow, pageType } from "../shared/type.js";
import { number } from "../shared/numbers.js";
import { ticks } from "../shared/ticks.js";

await facesReady; // a canvas keeps the font that it was first drawn with

const maps = new Map();
let equal = 0; // height of the maps of several rows
const PAD = { left: 40, right: 8, top: 6, bottom: 34 };
const NOWHERE = 255, GONE = 254;

function read(data) {
  if (!(data instanceof Uint8Array)) return null;
  const cut = data.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(data.subarray(0, cut)));
  const size = head.n * head.n;
  return { head, reached: data.slice(cut + 1, cut + 1 + size), shade: data.slice(cut + 1 + size) };
}

class BasinMap {
  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {any} */
    this.head = null; // what basins.py packs
    this.reached = new Uint8Array(); // of each start: a minimum, NOWHERE or GONE
    this.shade = new Uint8Array(); // of each start: how long it took, or its loss
    /** @type {(picked: { x: number, y: number, n: number }) => void} */
    this.report = () => {};
    this.root = document.createElement("div");
    this.root.className = "bm-root";
    this.root.dataset.drawn = "0";
    this.title = document.createElement("div");
    this.title.className = "bm-title";
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.note = document.createElement("div");
    this.note.className = "bm-note";
    this.note.setAttribute("aria-live", "polite");
    this.root.append(this.title, this.canvas, this.note);
    /** @type {any} */ (this.root).covers = () => (this.box ? [placed(this.canvas, this.box)] : []);
    parent.append(this.root);
    this.drawn = 0;
    this.rows = 1; // of maps on the page
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.root);
    this.theme = watchTheme(() => this.draw());
    this.canvas.addEventListener("pointermove", (e) => this.hover(e));
    this.canvas.addEventListener("pointerleave", () => this.rest());
    this.canvas.addEventListener("click", (e) => this.pick(this.under(e)));
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.canvas.addEventListener("blur", () => {
      this.cursor = null;
      this.rest();
      this.draw();
    });
  }

  show(message) {
    const { rows } = message.head;
    if (this.head?.stamp === message.head.stamp) {
      if (rows !== this.rows) this.draw(rows); // others came or went
      return;
    }
    this.rows = rows;
    Object.assign(this, message);
    this.image = null;
    this.rest();
    const { label, settings, color, alt } = this.head;
    const swatch = Object.assign(document.createElement("span"), { textContent: "■ " });
    swatch.style.color = color;
    const [name, set] = [["b", label], ["span", settings]].map(([tag, textContent]) =>
      Object.assign(document.createElement(tag), { textContent }));
    this.title.replaceChildren(swatch, name, " ", set);
    this.canvas.setAttribute("aria-label", `${alt} Arrow keys move over the starts, Enter follows one.`);
    this.draw();
    this.root.dataset.drawn = String(++this.drawn);
  }

  picture() {
    const { n, colours, plain } = this.head;
    const image = new ImageData(n, n);
    const inks = colours.map(hexChannels);
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        const k = j * n + i, o = 4 * ((n - 1 - j) * n + i);
        const who = this.reached[k], shade = this.shade[k];
        let ink;
        if (who === GONE) ink = (i + j) % 4 === 0 ? [190, 190, 190] : [30, 30, 30];
        else if (plain) ink = [...VIRIDIS.subarray(4 * shade, 4 * shade + 3)];
        else if (who === NOWHERE) ink = [187, 187, 187];
        else {
          const light = 1 - 0.72 * (shade / 255);
          ink = inks[who].map((v) => v * light);
        }
        image.data.set([...ink, 255], o);
      }
    }
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = n;
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  /** Its height where all rows of maps share the window; all of several rows are equally high. */
  share() {
    const first = document.querySelector(".bm-root canvas") ?? this.canvas;
    const gap = 0.6 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const between = this.title.offsetHeight + gap, { rows } = this;
    const high = Math.floor((below(first) - 20 - rows * this.note.offsetHeight - (rows - 1) * between) / rows);
    if (rows > 1 && high !== equal) {
      equal = high;
      requestAnimationFrame(() => maps.forEach((map) => map.draw()));
    }
    return high;
  }

  draw(rows = this.rows) {
    const width = this.root.clientWidth;
    if (!this.head || !width) return;
    moved(this.root);
    this.rows = rows;
    this.root.classList.toggle("bm-many", rows > 1);
    const most = fillsWindow() ? this.share() : 520;
    const w = width, h = Math.round(Math.max(Math.min(width, most), 120));
    const ctx = fitCanvas(this.canvas, w, h);
    const type = pageType(), left = PAD.left * type;
    this.root.style.setProperty("--left", `${left}px`);
    const b = (this.box = { x: left, y: PAD.top, w: w - left - PAD.right, h: h - PAD.top - PAD.bottom * type });
    this.image ??= this.picture();
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.image, b.x, b.y, b.w, b.h);
    const [x0, x1, y0, y1] = this.head.ranges;
    const style = getComputedStyle(this.root);
    ctx.fillStyle = style.color;
    ctx.strokeStyle = style.color;
    ctx.font = `${11 * type}px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const v of ticks(x0, x1, b.w / (60 * type))) {
      ctx.fillText(number(v), b.x + ((v - x0) / (x1 - x0)) * b.w, b.y + b.h + 4);
    }
    ctx.fillText("start w₁", b.x + b.w / 2, b.y + b.h + 19 * type);
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const v of ticks(y0, y1, b.h / (50 * type))) ctx.fillText(number(v), b.x - 4, b.y + ((y1 - v) / (y1 - y0)) * b.h);
    upwards(ctx, "start w₂", 8 * type, b.y + b.h / 2);
    const many = this.head.minima.length > 12;
    for (const [x, y] of this.head.minima) {
      const px = b.x + ((x - x0) / (x1 - x0)) * b.w, py = b.y + ((y1 - y) / (y1 - y0)) * b.h;
      if (px < b.x || px > b.x + b.w || py < b.y || py > b.y + b.h) continue;
      ctx.beginPath();
      ctx.arc(px, py, many ? 1.8 : 4, 0, 7);
      ctx.fillStyle = "#fff";
      ctx.strokeStyle = "#000";
      ctx.lineWidth = many ? 0.7 : 1.4;
      ctx.fill();
      ctx.stroke();
    }
    if (this.cursor) {
      const x = b.x + this.cursor.u * b.w, y = b.y + (1 - this.cursor.v) * b.h;
      for (const [width, colour] of [[4, "#000"], [2, "#fff"]]) {
        ctx.lineWidth = Number(width);
        ctx.strokeStyle = String(colour);
        ctx.beginPath();
        ctx.moveTo(x - 9, y); ctx.lineTo(x + 9, y); ctx.moveTo(x, y - 9); ctx.lineTo(x, y + 9);
        ctx.stroke();
      }
    }
  }

  // The start at the share (u, v) of the map's width and height, from its lower left corner.
  place(u, v) {
    if (!(u >= 0 && u < 1 && v >= 0 && v < 1)) return null;
    const [x0, x1, y0, y1] = this.head.ranges, n = this.head.n;
    return { u, v, x: x0 + u * (x1 - x0), y: y0 + v * (y1 - y0), k: Math.floor(v * n) * n + Math.floor(u * n) };
  }

  under(e) {
    if (!this.box) return null;
    const r = this.canvas.getBoundingClientRect(), b = this.box;
    return this.place((e.clientX - r.left - b.x) / b.w, 1 - (e.clientY - r.top - b.y) / b.h);
  }

  pick(at) {
    if (at) this.report?.({ x: Number(at.x.toPrecision(5)), y: Number(at.y.toPrecision(5)), n: Date.now() });
  }

  rest() {
    this.note.textContent = this.head?.summary ?? "";
  }

  // Arrow keys move a cross by a fortieth of the map, by one pixel with shift held.
  key(e) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (e.key === "Enter" || e.key === " ") this.pick(this.cursor);
    else if (!way) return;
    else {
      const step = e.shiftKey ? 0.005 : 0.025, { u, v } = this.cursor ?? { u: 0.5, v: 0.5 };
      const into = (z) => Math.min(Math.max(z, 0.0025), 0.9975);
      this.cursor = this.place(into(u + way[0] * step), into(v + way[1] * step));
      this.tell(this.cursor);
      this.draw();
    }
    e.preventDefault();
  }

  hover(e) {
    const at = this.under(e);
    if (at) this.tell(at);
  }

  tell(at) {
    const who = this.reached[at.k], from = `from (${number(at.x)}, ${number(at.y)})`;
    if (who === GONE) this.note.textContent = `${from}: diverges`;
    else if (this.head.plain) {
      const { title, values } = this.head.scale;
      this.note.textContent = `${from}: ${title} about ${number(values[this.shade[at.k]])}`;
    }
    else if (who === NOWHERE) this.note.textContent = `${from}: reaches no minimum in ${this.head.updates} updates`;
    else {
      const [x, y] = this.head.minima[who];
      const steps = Math.round((this.shade[at.k] / 255) * this.head.updates);
      this.note.textContent = `${from}: reaches (${number(x)}, ${number(y)}) in about ${steps} updates`;
    }
  }

  end() {
    this.observer.disconnect();
    this.theme.disconnect();
    this.root.remove();
    maps.delete(this.parent);
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const message = read(data);
  if (!message) return;
  let map = maps.get(parentElement);
  if (!map) maps.set(parentElement, (map = new BasinMap(parentElement)));
  map.report = (value) => setTriggerValue("pick", value);
  map.root.dataset.figure = message.head.key;
  map.root.__map = map; // for tests
  map.show(message);
  return () => setTimeout(() => { if (!parentElement.isConnected) map.end(); }, 0);
}
