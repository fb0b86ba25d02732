// The surface seen from above: three layers of canvas, and the way from weights to pixels.

import { fitCanvas } from "../shared/canvas.js";
import { number } from "../shared/numbers.js";
import { isCovered } from "../shared/cover.js";
import { drawArrows, drawNames } from "./arrows.js";
import { drawGround } from "./ground.js";
import { Hand } from "./hand.js";
import { drawPoints, drawPresent, drawStarts, drawTrails, places } from "./paths.js";

/** @typedef {import("./field.js").Ranges} Ranges */

const PAD = { left: 56, right: 74, top: 8, bottom: 38 }; // at the usual size of type

export class View {
  /**
   * @param {HTMLElement} stage
   * @param {import("./surface_canvas.js").Lab} lab
   */
  constructor(stage, lab) {
    this.stage = stage;
    this.lab = lab;
    this.layers = ["base", "trails", "top"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = `sc-layer sc-${name}`;
      stage.append(canvas);
      return canvas;
    });
    this.readout = document.createElement("div");
    this.readout.className = "sc-readout";
    stage.append(this.readout);
    this.scratch = document.createElement("canvas");
    /** @type {Ranges | null} */
    this.view = null;
    /** @type {number | null} */
    this.trailsAt = null; // the step up to which trails are drawn
    this.stale = true;
    this.w = this.h = 0;
    this.box = { x: 0, y: 0, w: 0, h: 0 };
    new Hand(this);
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.w = width;
    this.h = height;
    this.ctx = this.layers.map((canvas) => fitCanvas(canvas, width, height));
    const [left, right, bottom] = [PAD.left, PAD.right, PAD.bottom].map((v) => v * this.lab.type);
    this.box = { x: left, y: PAD.top, w: width - left - right, h: height - PAD.top - bottom };
    this.stale = true;
  }

  // From weights to pixels, and back.
  /** @param {number} x */
  px(x) { return this.box.x + ((x - this.view[0]) / (this.view[1] - this.view[0])) * this.box.w; }
  /** @param {number} y */
  py(y) { return this.box.y + ((this.view[3] - y) / (this.view[3] - this.view[2])) * this.box.h; }
  /** @param {number} px */
  ux(px) { return this.view[0] + ((px - this.box.x) / this.box.w) * (this.view[1] - this.view[0]); }
  /** @param {number} py */
  uy(py) { return this.view[3] - ((py - this.box.y) / this.box.h) * (this.view[3] - this.view[2]); }

  /**
   * @param {number} px
   * @param {number} py
   */
  inside(px, py) {
    const { x, y, w, h } = this.box;
    return px >= x && py >= y && px <= x + w && py <= y + h;
  }

  /** @param {Ranges} view */
  setView(view, ask = true) {
    this.view = view;
    this.stale = true;
    this.lab.dirty();
    if (ask) this.lab.wantView(view);
  }

  /** @param {number} t */
  draw(t) {
    if (!this.view || !this.ctx) return;
    const [ground, trails, top] = this.ctx;
    if (this.stale) {
      this.stale = false;
      drawGround(ground, this);
      this.trailsAt = null;
    }
    this.drawTrails(trails, Math.floor(t));
    top.clearRect(0, 0, this.w, this.h);
    this.clip(top);
    drawStarts(top, this);
    drawPresent(top, this, t);
    const named = this.lab.arrows && !isCovered() ? drawArrows(top, this, t) : [];
    top.restore();
    const tags = drawPoints(top, this, t);
    this.clip(top);
    drawNames(top, this, named, tags, places(this, t));
    top.restore();
  }

  /**
   * Only the new piece is drawn while time runs forward; anything else starts afresh.
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} step
   */
  drawTrails(ctx, step) {
    if (this.trailsAt === step) return;
    drawTrails(ctx, this, this.trailsAt !== null && step >= this.trailsAt ? this.trailsAt : 0, step);
    this.trailsAt = step;
  }

  /** @param {CanvasRenderingContext2D} ctx */
  clip(ctx) {
    const { x, y, w, h } = this.box;
    ctx.save();
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    ctx.clip();
  }

  /**
   * The surface's numbers under a point of the picture; nothing for null.
   * @param {[number, number] | null} at
   */
  read(at) {
    const { field, solid } = this.lab;
    if (!at || !field || solid || !this.inside(...at)) {
      this.readout.textContent = "";
      return;
    }
    const x = this.ux(at[0]), y = this.uy(at[1]), slope = field.gradient(x, y);
    this.readout.textContent =
      `w₁ ${number(x)}   w₂ ${number(y)}   loss ${number(field.at(x, y))}   ` +
      `gradient (${number(slope[0])}, ${number(slope[1])})`;
  }

  /**
   * @param {number} dx pixels the picture moves
   * @param {number} dy
   */
  pan(dx, dy) {
    const [x0, x1, y0, y1] = this.view;
    const sx = (-dx / this.box.w) * (x1 - x0), sy = (dy / this.box.h) * (y1 - y0);
    this.setView([x0 + sx, x1 + sx, y0 + sy, y1 + sy]);
  }

  /**
   * Nearer (below 1) or farther, about a point of the picture.
   * @param {number} factor
   */
  zoom(factor, px = this.box.x + this.box.w / 2, py = this.box.y + this.box.h / 2) {
    const x = this.ux(px), y = this.uy(py), [x0, x1, y0, y1] = this.view;
    const width = (x1 - x0) * factor;
    if (width < 1e-4 || width > 1e4) return;
    this.setView([x + (x0 - x) * factor, x + (x1 - x) * factor, y + (y0 - y) * factor, y + (y1 - y) * factor]);
  }
}
