// Four small plots on the lab's own clock: loss, distance, effective rate, stability.

import { fitCanvas, fitting, marker } from "../shared/canvas.js";
import { number, power } from "../shared/numbers.js";
import { roundedUp, ticks } from "../shared/ticks.js";
import { strokeScale } from "../shared/type.js";
import { nameLines } from "./line_names.js";

const TITLE_LEFT = 36; // pixels that a title begins left of its plot, at the usual size of type
const TITLE_HIGH = 26; // pixels from a row's upper end to its plots: a title, clear of the top label

/**
 * The part of a linear axis in which losses can be told apart, of losses that fall without end: four
 * times as far from 0 as the first ones, 10 at least: the deepest of the known minima lies at -4.
 * @param {number[]} firsts
 * @param {number} low
 * @param {number} high of all losses
 * @returns {[number, number]}
 */
export function readable(firsts, low, high) {
  const most = roundedUp(4 * Math.max(...firsts.filter(Number.isFinite).map(Math.abs), 2.5));
  return [Math.max(Math.min(low, 0), -most), Math.min(Math.max(high, 0), most) || most / 20];
}

export class Plots {
  constructor(element, lab) {
    this.element = element;
    this.lab = lab;
    this.layers = [0, 1].map(() => {
      const canvas = document.createElement("canvas");
      canvas.className = "sc-layer";
      element.append(canvas);
      return canvas;
    });
    const scrub = (e) => {
      if (!this.panels) return;
      const box = element.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top;
      const near = (p) => x >= p.x - 6 && x <= p.x + p.w + 6 && y >= p.y - 14 && y <= p.y + p.h + 14;
      const panel = this.panels.find(near);
      if (panel) lab.clock.seek(((x - panel.x) / panel.w) * lab.scene.steps);
    };
    element.addEventListener("pointerdown", (e) => {
      element.setPointerCapture(e.pointerId);
      scrub(e);
    });
    element.addEventListener("pointermove", (e) => e.buttons && scrub(e));
  }

  resize(width, height) {
    this.w = width;
    this.h = height;
    this.ctx = this.layers.map((canvas) => fitCanvas(canvas, width, height));
    this.stale = true;
  }

  specs() {
    const scene = this.lab.scene;
    const zero = scene.floor === 0, endless = scene.lowest === null && scene.floor < 0;
    const pair = (run, k) => Math.hypot(run.u[2 * k], run.u[2 * k + 1]) / Math.hypot(run.g[2 * k], run.g[2 * k + 1]);
    return [
      // A loss that falls without end has no lowest to stand above.
      endless ? { titles: ["Loss"], log: false, cut: true, of: (run, k) => run.loss[k], n: 1 }
        : { titles: [zero ? "Loss" : "Loss above the lowest"], log: true, of: (run, k) => run.loss[k] - scene.floor, n: 1 },
      {
        titles: scene.minima.length
          ? ["Distance to the nearest minimum", "Distance to a minimum"] : ["Distance from the start"],
        log: scene.minima.length > 0, of: (run, k) => run.distance[k], n: 1,
      },
      { titles: ["Effective rate: step / gradient", "Step / gradient"], log: true, of: pair, n: 0, usual: true },
      // A long step may begin where it is flat and fly over what is not: its own curvature is dotted.
      {
        titles: ["Rate × curvature (dots: across a step), edge 2",
          "Rate × curvature, edge 2 (dots: a step)", "Rate × curvature, edge 2"], log: false, edge: 2,
        of: (run, k) => run.meter[k], dots: (run, k) => run.throw[k], n: 0,
      },
    ];
  }

  // Series and scales; worked out once for each message, not once for each frame.
  prepare() {
    const scene = this.lab.scene;
    this.series = this.specs().map((spec) => {
      const lines = scene.runs.map((run) => {
        const count = Math.min(scene.steps + spec.n, run.last + 1);
        const out = new Float64Array(Math.max(count, 0));
        for (let k = 0; k < count; k++) out[k] = spec.of(run, k);
        return out;
      });
      const dots = spec.dots ? scene.runs.map((run, i) => Float64Array.from(lines[i], (_, k) => spec.dots(run, k))) : [];
      let low = Infinity, high = -Infinity;
      const values = [];
      for (const line of [...lines, ...dots]) {
        for (const v of line) {
          if (!Number.isFinite(v) || (spec.log && v <= 0)) continue;
          if (v < low) low = v;
          if (v > high) high = v;
          if (spec.usual) values.push(v);
        }
      }
      if (values.length) {
        // A gradient of nearly nothing makes a ratio of nearly infinity; it may leave the frame.
        values.sort((a, b) => a - b);
        const middle = values[values.length >> 1];
        low = Math.max(low, middle / 1e4);
        high = Math.min(high, middle * 1e4);
      }
      if (low > high) [low, high] = [spec.log ? 0.1 : 0, 1];
      if (spec.log) {
        // Twelve decades tell everything that float32 can; of what explodes, the first six do.
        const first = Math.max(...lines.map((line) => (line[0] > 0 && line[0] < Infinity ? line[0] : 0)), low);
        let b = Math.ceil(Math.log10(high) + 1e-9), a = Math.floor(Math.log10(low));
        b = Math.min(b, Math.ceil(Math.log10(first)) + 6);
        a = Math.max(a, b - 12);
        [low, high] = [a, b > a ? b : a + 1];
      } else if (spec.edge) {
        [low, high] = [Math.max(Math.min(low, 0), -1), Math.min(Math.max(high * 1.08, 2.4), 5)];
      } else if (spec.cut) {
        [low, high] = readable(lines.map((line) => line[0]), low, high);
      } else [low, high] = [Math.min(low, 0), high * 1.05 || 1];
      const all = spec.edge || spec.cut ? [...lines, ...dots] : [];
      const beyond = [all.some((line) => line.some((v) => v < low)), all.some((line) => line.some((v) => v > high))];
      return { ...spec, lines, points: dots, low, high, beyond };
    });
    this.stale = true;
  }

  layout() {
    const { type } = this.lab, cols = this.w < 380 ? 1 : 2, rows = 4 / cols;
    const w = this.w / cols, h = this.h / rows;
    this.panels = this.series.map((s, i) => ({
      ...s,
      x: (i % cols) * w + 42 * type,
      y: Math.floor(i / cols) * h + TITLE_HIGH * type,
      w: w - 54 * type,
      h: h - (TITLE_HIGH + (Math.floor(i / cols) === rows - 1 ? 34 : 22)) * type,
      last: Math.floor(i / cols) === rows - 1,
    }));
  }

  /** Of a log axis, what is 0 lies at its lower end: below all that is drawn. */
  y(p, v) {
    const u = ((p.log ? Math.log10(Math.max(v, 1e-300)) : v) - p.low) / (p.high - p.low);
    return p.y + p.h * (1 - Math.min(Math.max(u, -0.005), 1.005));
  }

  draw(t) {
    if (!this.w || !this.series) return;
    if (this.stale) {
      this.stale = false;
      this.layout();
      this.base();
    }
    const ctx = this.ctx[1], colours = this.lab.colours, steps = this.lab.scene.steps;
    ctx.clearRect(0, 0, this.w, this.h);
    for (const p of this.panels) {
      const x = p.x + (t / steps) * p.w;
      ctx.strokeStyle = colours.ink;
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(x, p.y);
      ctx.lineTo(x, p.y + p.h);
      ctx.stroke();
      ctx.globalAlpha = 1;
      p.lines.forEach((line, i) => {
        const k = Math.min(Math.floor(t), line.length - 1);
        if (k < 0 || !Number.isFinite(line[k])) return;
        const run = this.lab.scene.runs[i];
        ctx.fillStyle = run.color;
        ctx.strokeStyle = colours.paper;
        ctx.lineWidth = 1;
        marker(ctx, run.shape, p.x + (Math.min(t, line.length - 1) / steps) * p.w, this.y(p, line[k]), 3.6);
        ctx.fill();
        ctx.stroke();
      });
    }
  }

  /** Of dots that no title has room to explain there are none: close together they look like a line. */
  base() {
    const ctx = this.ctx[0], { colours, type } = this.lab, steps = this.lab.scene.steps;
    ctx.clearRect(0, 0, this.w, this.h);
    for (const p of this.panels) {
      ctx.fillStyle = colours.ink;
      ctx.font = `600 ${12 * type}px ${colours.font}`;
      ctx.textAlign = "left";
      ctx.textBaseline = "alphabetic";
      // From the axis' labels to the panel's end; where that is too short, in fewer words.
      const words = fitting((text) => ctx.measureText(text).width, p.titles, p.w + TITLE_LEFT * type);
      ctx.fillText(words, p.x - TITLE_LEFT * type, p.y - 12 * type);
      ctx.font = `${11 * type}px ${colours.font}`;
      ctx.strokeStyle = colours.faint;
      ctx.lineWidth = 1;
      ctx.textAlign = "right";
      ctx.textBaseline = "middle";
      const marks = p.log ? ticks(p.low, p.high, p.h / (26 * type)).filter(Number.isInteger) : ticks(p.low, p.high, p.h / (30 * type));
      for (const v of marks) {
        const y = p.y + p.h * (1 - (v - p.low) / (p.high - p.low));
        ctx.beginPath(); ctx.moveTo(p.x, y); ctx.lineTo(p.x + p.w, y); ctx.stroke();
        const from = v === p.low && p.beyond[0] ? "≤ " : v === p.high && p.beyond[1] ? "≥ " : "";
        ctx.fillText(from + (p.log ? power(v) : number(v)), p.x - 5, y);
      }
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      for (const v of ticks(0, steps, Math.min(p.w / (55 * type), 4)).filter(Number.isInteger)) {
        const x = p.x + (v / steps) * p.w;
        ctx.beginPath(); ctx.moveTo(x, p.y + p.h); ctx.lineTo(x, p.y + p.h + 3); ctx.stroke();
        ctx.fillText(String(v), x, p.y + p.h + 5);
      }
      if (p.last) ctx.fillText("step", p.x + p.w / 2, p.y + p.h + 19 * type);
      if (p.edge) {
        const y = this.y(p, p.edge);
        ctx.strokeStyle = colours.ink;
        ctx.setLineDash([6, 4]);
        ctx.beginPath(); ctx.moveTo(p.x, y); ctx.lineTo(p.x + p.w, y); ctx.stroke();
        ctx.setLineDash([]);
      }
      ctx.save();
      ctx.beginPath();
      ctx.rect(p.x, p.y - 1, p.w + 1, p.h + 2);
      ctx.clip();
      ctx.lineWidth = 1.8 * strokeScale();
      ctx.lineJoin = "round";
      p.lines.forEach((line, i) => {
        const run = this.lab.scene.runs[i];
        ctx.strokeStyle = run.color;
        ctx.setLineDash(run.dash[1] ? run.dash : []);
        ctx.beginPath();
        let pen = false;
        for (let k = 0; k < line.length; k++) {
          const v = line[k];
          if (!Number.isFinite(v)) {
            pen = false;
            continue;
          }
          const x = p.x + (k / steps) * p.w, y = this.y(p, v);
          if (pen) ctx.lineTo(x, y);
          else ctx.moveTo(x, y);
          pen = true;
        }
        ctx.stroke();
      });
      if (/dots/.test(words)) p.points.forEach((line, i) => this.dots(ctx, p, line, this.lab.scene.runs[i].color));
      ctx.restore();
    }
    nameLines(ctx, this);
  }

  dots(ctx, p, line, color) {
    ctx.fillStyle = color;
    line.forEach((v, k) => {
      if (!Number.isFinite(v)) return;
      const x = p.x + (k / this.lab.scene.steps) * p.w;
      ctx.beginPath();
      if (v < p.low || v > p.high) {
        // Beyond the axis: an arrow at its end, whole.
        const y = v < p.low ? p.y + p.h : p.y, in_ = v < p.low ? -4 : 4;
        ctx.moveTo(x - 2.6, y + in_);
        ctx.lineTo(x + 2.6, y + in_);
        ctx.lineTo(x, y);
      } else ctx.arc(x, this.y(p, v), 1.7, 0, 7);
      ctx.fill();
    });
  }
}
