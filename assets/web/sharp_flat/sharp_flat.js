// A training curve and the same curve shifted: drag the dashed one and read what each minimum pays.
// The Python side is initopt_core/ui/loss_surfaces/flatness.py; a test holds both to the same curve.

import { FONT, fitCanvas, upwards } from "../shared/canvas.js";
import { watchTheme } from "../shared/colours.js";
import { COVERED, isCovered, moved, placed } from "../shared/cover.js";
import { ready as facesReady } from "../shared/faces.js";
import { below, fillsWindow, pageType, strokeScale } from "../shared/type.js";
import { number } from "../shared/numbers.js";
import { ticks } from "../shared/ticks.js";

await facesReady; // a canvas keeps the font that it was first drawn with

const all = new Map();
const PAD = { left: 52, right: 14, top: 12, bottom: 40 };
const TRAIN = "#4477AA", TEST = "#EE6677", DASH = [7, 4];

class SharpFlat {
  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {(value: { shift: number }) => void} */
    this.report = () => {};
    /** @type {any} */
    this.head = null; // what flatness.py sends
    this.root = document.createElement("div");
    this.root.className = "sf-root";
    this.root.dataset.drawn = "0";
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "slider");
    this.canvas.setAttribute("aria-label", "Shift of the test curve; left and right arrow keys move it");
    this.table = document.createElement("div");
    this.table.className = "sf-table";
    this.root.append(this.canvas, this.table);
    // The training curve stays: what is asked, the test loss and its price, is not drawn.
    /** @type {any} */ (this.root).covers = () => (this.box ? [placed(this.canvas, { ...this.box, open: true })] : []);
    this.cover = () => this.draw();
    addEventListener(COVERED, this.cover);
    parent.append(this.root);
    this.drawn = 0;
    const resized = new ResizeObserver(() => this.draw());
    resized.observe(this.root);
    this.observers = [resized, watchTheme(() => this.draw())];
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (e) => {
      canvas.setPointerCapture(e.pointerId);
      canvas.focus({ preventScroll: true });
      this.grab = { x: e.clientX, shift: this.shift };
    });
    canvas.addEventListener("pointermove", (e) => {
      if (!this.grab) return;
      const [a, b] = this.head.range;
      this.move(this.grab.shift + ((e.clientX - this.grab.x) / this.box.w) * (b - a));
    });
    const up = () => {
      if (this.grab) this.tell();
      this.grab = null;
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -0.05, ArrowRight: 0.05, Home: -9, End: 9 }[e.key];
      if (step === undefined) return;
      e.preventDefault();
      this.move(this.shift + step);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tell(), 400);
    });
  }

  show(head) {
    this.head = head;
    if (!this.grab) this.shift = head.shift;
    this.draw();
    this.root.dataset.drawn = String(++this.drawn);
  }

  move(shift) {
    const [low, high] = this.head.limits;
    this.shift = Math.min(Math.max(Number(shift.toFixed(3)), low), high);
    this.draw();
  }

  end() {
    for (const observer of this.observers) observer.disconnect();
    clearTimeout(this.timer);
    removeEventListener(COVERED, this.cover);
    this.root.remove();
    all.delete(this.parent);
  }

  tell() { this.report({ shift: this.shift }); }

  loss(w) {
    const { bowl, bumps } = this.head;
    return bumps.reduce((sum, [centre, width, height]) =>
      sum - height * Math.exp(-((w - centre) ** 2) / (2 * width ** 2)), 1 + bowl * w ** 2);
  }

  draw() {
    if (!this.head || !this.root.clientWidth) return;
    moved(this.root);
    const covered = isCovered();
    const w = this.root.clientWidth, type = pageType();
    const h = Math.round(fillsWindow() ? Math.max(below(this.canvas) - 20, 200) : 380 * type);
    const ctx = fitCanvas(this.canvas, w, h), style = getComputedStyle(this.root);
    const left = PAD.left * type;
    const b = (this.box = { x: left, y: PAD.top, w: w - left - PAD.right, h: h - PAD.top - PAD.bottom * type });
    const [x0, x1] = this.head.range, y1 = 1.5, y0 = 0; // both at a number
    const px = (v) => b.x + ((v - x0) / (x1 - x0)) * b.w, py = (v) => b.y + ((y1 - v) / (y1 - y0)) * b.h;
    ctx.fillStyle = style.color;
    ctx.font = `${11 * type}px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const v of ticks(x0, x1, b.w / (90 * type))) ctx.fillText(number(v), px(v), b.y + b.h + 5);
    ctx.fillText("weight w", b.x + b.w / 2, b.y + b.h + 22 * type);
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    ctx.strokeStyle = "rgba(128,128,128,0.25)";
    for (const v of ticks(y0, y1, 5)) {
      ctx.fillText(number(v), b.x - 6, py(v));
      ctx.beginPath(); ctx.moveTo(b.x, py(v)); ctx.lineTo(b.x + b.w, py(v)); ctx.stroke();
    }
    upwards(ctx, "loss", 12 * type, b.y + b.h / 2);
    const line = (shift, colour, dash) => {
      ctx.strokeStyle = colour;
      ctx.lineWidth = 2.4 * strokeScale();
      ctx.setLineDash(dash);
      ctx.beginPath();
      for (let i = 0; i <= 600; i++) {
        const v = x0 + ((x1 - x0) * i) / 600;
        ctx.lineTo(px(v), py(this.loss(v - shift)));
      }
      ctx.stroke();
      ctx.setLineDash([]);
    };
    ctx.save();
    ctx.beginPath();
    ctx.rect(b.x, b.y, b.w, b.h);
    ctx.clip();
    line(0, TRAIN, []);
    if (!covered) line(this.shift, TEST, DASH);
    ctx.restore();
    const rows = this.head.minima.map((m) => {
      const test = this.loss(m.weight - this.shift), x = px(m.weight);
      ctx.strokeStyle = style.color;
      ctx.lineWidth = 1.6;
      if (!covered) {
        ctx.beginPath(); ctx.moveTo(x, py(m.train)); ctx.lineTo(x, py(test)); ctx.stroke();
      }
      for (const [v, colour] of covered ? [[m.train, TRAIN]] : [[m.train, TRAIN], [test, TEST]]) {
        ctx.beginPath();
        ctx.arc(x, py(v), 5, 0, 7);
        ctx.fillStyle = colour;
        ctx.fill();
      }
      ctx.fillStyle = style.color;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.fillText(covered ? m.which : `${m.which}: pays ${number(test - m.train)}`, x, py(m.train) + 10);
      return [`${m.which} minimum`, m.weight, m.train, test, test - m.train, m.curvature, 0.5 * m.curvature * this.shift ** 2];
    });
    ctx.textAlign = "left";
    /** @type {[string, string, number[]][]} */
    const legend = [["training loss", TRAIN, []],
      [covered ? `test loss, shifted by ${number(this.shift)}: your guess`
        : `test loss, shifted by ${number(this.shift)} (drag it)`, TEST, DASH]];
    for (const [i, [name, colour, dash]] of legend.entries()) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = 2.4;
      ctx.setLineDash(dash);
      ctx.beginPath();
      const y = b.y + b.h + (17 * i - 36) * type;
      ctx.moveTo(b.x + 8, y);
      ctx.lineTo(b.x + 29, y);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.fillStyle = style.color;
      ctx.textBaseline = "middle";
      ctx.fillText(name, b.x + 34, y);
    }
    const head = ["", "w", "Training loss", "Test loss", "Pays", "Curvature λ", "½ λ shift²"];
    const table = document.createElement("table");
    const top = table.createTHead().insertRow();
    for (const t of head) top.append(Object.assign(document.createElement("th"), { textContent: t }));
    const body = table.createTBody();
    for (const row of rows) {
      const tr = body.insertRow();
      row.forEach((v, i) => (tr.insertCell().textContent = i ? number(v) : v));
    }
    this.table.replaceChildren(...(covered ? [] : [table]));
    this.canvas.setAttribute("aria-valuenow", this.shift);
    this.canvas.setAttribute("aria-valuetext", covered ? number(this.shift) : `${number(this.shift)}; ` +
      rows.map(([name, , , , pays]) => `the ${name} pays ${number(pays)}`).join(", "));
    this.canvas.setAttribute("aria-valuemin", this.head.limits[0]);
    this.canvas.setAttribute("aria-valuemax", this.head.limits[1]);
    this.root.dataset.shift = this.shift;
  }
}

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  if (!data?.bumps) return;
  let figure = all.get(parentElement);
  if (!figure) all.set(parentElement, (figure = new SharpFlat(parentElement)));
  figure.report = (value) => setStateValue("moved", value);
  figure.root.dataset.figure = data.key;
  figure.root.__figure = figure; // for tests
  figure.show(data);
  return () => setTimeout(() => { if (!parentElement.isConnected) figure.end(); }, 0);
}
