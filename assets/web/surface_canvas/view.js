// The surface seen from above: image, contours, trails, points, arrows; pan, zoom and drag.

const S = (globalThis.initoptSurface ??= {});
const PAD = { left: 48, right: 74, top: 8, bottom: 38 };

S.View = class {
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
    this.view = null; // [x0, x1, y0, y1]
    this.hover = null;
    this.pointers = new Map();
    this.listen();
  }

  // -- geometry ------------------------------------------------------------------------------
  resize(width, height) {
    this.w = width;
    this.h = height;
    this.ctx = this.layers.map((canvas) => S.fit(canvas, width, height));
    this.box = { x: PAD.left, y: PAD.top, w: width - PAD.left - PAD.right, h: height - PAD.top - PAD.bottom };
    this.stale = true;
  }

  px(x) { return this.box.x + ((x - this.view[0]) / (this.view[1] - this.view[0])) * this.box.w; }
  py(y) { return this.box.y + ((this.view[3] - y) / (this.view[3] - this.view[2])) * this.box.h; }
  ux(px) { return this.view[0] + ((px - this.box.x) / this.box.w) * (this.view[1] - this.view[0]); }
  uy(py) { return this.view[3] - ((py - this.box.y) / this.box.h) * (this.view[3] - this.view[2]); }
  inside(px, py) {
    const b = this.box;
    return px >= b.x && py >= b.y && px <= b.x + b.w && py <= b.y + b.h;
  }

  setView(view, ask = true) {
    this.view = view;
    this.stale = true;
    this.lab.dirty();
    if (ask) this.lab.wantView(view);
  }

  // -- drawing -------------------------------------------------------------------------------
  draw(t) {
    if (!this.view || !this.w) return;
    if (this.stale) {
      this.stale = false;
      this.base();
      this.trailsAt = null;
    }
    this.trails(t);
    this.top(t);
  }

  clip(ctx) {
    const b = this.box;
    ctx.save();
    ctx.beginPath();
    ctx.rect(b.x, b.y, b.w, b.h);
    ctx.clip();
  }

  base() {
    const ctx = this.ctx[0];
    const { lab, box: b, view } = this;
    const c = lab.colours;
    ctx.clearRect(0, 0, this.w, this.h);
    const field = lab.field;
    if (field) {
      const w = Math.max(1, Math.round(b.w)), h = Math.max(1, Math.round(b.h));
      const canvas = (this.scratch ??= document.createElement("canvas"));
      canvas.width = w;
      canvas.height = h;
      canvas.getContext("2d").putImageData(field.image(view, w, h), 0, 0);
      ctx.imageSmoothingEnabled = true;
      ctx.imageSmoothingQuality = "high";
      ctx.drawImage(canvas, b.x, b.y, b.w, b.h);
      this.clip(ctx);
      const [x0, x1, y0, y1] = field.ranges;
      const kx = (this.px(x1) - this.px(x0)) / (field.n - 1), ky = (this.py(y1) - this.py(y0)) / (field.n - 1);
      const path = new Path2D();
      path.addPath(field.contours(), new DOMMatrix([kx, 0, 0, ky, this.px(x0), this.py(y0)]));
      ctx.lineWidth = 0.8;
      ctx.strokeStyle = "rgba(255,255,255,0.32)";
      ctx.stroke(path);
      ctx.restore();
      this.bar(ctx, field, c);
    }
    this.clip(ctx);
    for (const [x, y] of lab.scene.saddles) this.cross(ctx, this.px(x), this.py(y));
    lab.scene.minima.forEach(([x, y, loss]) => {
      this.star(ctx, this.px(x), this.py(y), loss <= lab.scene.lowest + 1e-6 ? 7 : 4.5);
    });
    ctx.restore();
    this.axes(ctx, c);
  }

  star(ctx, x, y, r) {
    ctx.beginPath();
    for (let i = 0; i < 10; i++) {
      const a = (Math.PI * i) / 5 - Math.PI / 2, q = i % 2 ? 0.45 * r : r;
      ctx.lineTo(x + q * Math.cos(a), y + q * Math.sin(a));
    }
    ctx.closePath();
    ctx.fillStyle = "#fff";
    ctx.strokeStyle = "#222";
    ctx.lineWidth = 1;
    ctx.fill();
    ctx.stroke();
  }

  cross(ctx, x, y) {
    for (const [width, colour] of [[3.4, "rgba(0,0,0,0.55)"], [1.6, "#fff"]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.beginPath();
      ctx.moveTo(x - 4, y - 4); ctx.lineTo(x + 4, y + 4);
      ctx.moveTo(x + 4, y - 4); ctx.lineTo(x - 4, y + 4);
      ctx.stroke();
    }
  }

  axes(ctx, c) {
    const b = this.box, [x0, x1, y0, y1] = this.view;
    ctx.strokeStyle = c.faint;
    ctx.fillStyle = c.ink;
    ctx.lineWidth = 1;
    ctx.font = `11px ${c.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.strokeRect(b.x, b.y, b.w, b.h);
    for (const v of S.ticks(x0, x1, b.w / 70)) {
      const x = this.px(v);
      ctx.beginPath(); ctx.moveTo(x, b.y + b.h); ctx.lineTo(x, b.y + b.h + 4); ctx.stroke();
      ctx.fillText(S.short(v), x, b.y + b.h + 6);
    }
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const v of S.ticks(y0, y1, b.h / 50)) {
      const y = this.py(v);
      ctx.beginPath(); ctx.moveTo(b.x - 4, y); ctx.lineTo(b.x, y); ctx.stroke();
      ctx.fillText(S.short(v), b.x - 7, y);
    }
    ctx.textAlign = "center";
    ctx.font = `12px ${c.font}`;
    ctx.fillText("weight w₁", b.x + b.w / 2, b.y + b.h + 29);
    ctx.save();
    ctx.translate(11, b.y + b.h / 2);
    ctx.rotate(-Math.PI / 2);
    ctx.fillText("weight w₂", 0, 0);
    ctx.restore();
  }

  bar(ctx, field, c) {
    const b = this.box, x = b.x + b.w + 10, w = 10;
    const ramp = (this.ramp ??= (() => {
      const canvas = document.createElement("canvas");
      canvas.width = 1;
      canvas.height = 256;
      const data = new ImageData(1, 256);
      for (let i = 0; i < 256; i++) for (let k = 0; k < 4; k++) data.data[4 * i + k] = S.colours[4 * (255 - i) + k];
      canvas.getContext("2d").putImageData(data, 0, 0);
      return canvas;
    })());
    const top = b.y + 16;
    ctx.drawImage(ramp, x, top, w, b.h - 16);
    ctx.fillStyle = c.ink;
    ctx.font = `11px ${c.font}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillText("loss", x, b.y + 5);
    for (let k = 0; k <= 4; k++) {
      const y = top + (b.h - 16) * (1 - k / 4);
      ctx.fillText(S.short(field.value(k / 4)), x + w + 4, Math.min(Math.max(y, top + 4), b.y + b.h - 5));
    }
  }

  // Only the new piece is drawn while time runs forward; anything else starts afresh.
  trails(t) {
    const step = Math.floor(t);
    const from = this.trailsAt !== null && step >= this.trailsAt ? this.trailsAt : 0;
    if (this.trailsAt === step) return;
    const ctx = this.ctx[1];
    if (from === 0) ctx.clearRect(0, 0, this.w, this.h);
    this.trailsAt = step;
    this.clip(ctx);
    ctx.lineJoin = ctx.lineCap = "round";
    const runs = this.lab.scene.runs;
    const dots = this.lab.scene.steps <= 250;
    for (const run of runs) {
      const end = Math.min(step, run.last);
      if (end < from) continue;
      const path = new Path2D();
      path.moveTo(this.safe(this.px(run.w1[from])), this.safe(this.py(run.w2[from])));
      for (let k = from + 1; k <= end; k++) path.lineTo(this.safe(this.px(run.w1[k])), this.safe(this.py(run.w2[k])));
      ctx.strokeStyle = "rgba(255,255,255,0.75)";
      ctx.lineWidth = 3.6;
      ctx.stroke(path);
      ctx.strokeStyle = run.color;
      ctx.lineWidth = 2;
      ctx.stroke(path);
      if (dots) {
        ctx.fillStyle = run.color;
        ctx.beginPath();
        for (let k = from; k <= end; k++) {
          const x = this.px(run.w1[k]), y = this.py(run.w2[k]);
          if (!this.inside(x, y)) continue;
          ctx.moveTo(x + 2.2, y);
          ctx.arc(x, y, 2.2, 0, 7);
        }
        ctx.fill();
      }
    }
    ctx.restore();
  }

  // Far outside the canvas a line's coordinates lose their digits; the clip hides the difference.
  safe(v) { return v > 1e5 ? 1e5 : v < -1e5 ? -1e5 : v; }

  position(run, t) {
    const k = Math.min(Math.floor(t), run.last), f = Math.min(t - k, 1);
    if (f <= 0 || k >= run.last) return [run.w1[k], run.w2[k]];
    return [run.w1[k] + (run.w1[k + 1] - run.w1[k]) * f, run.w2[k] + (run.w2[k + 1] - run.w2[k]) * f];
  }

  top(t) {
    const ctx = this.ctx[2];
    const { lab, box: b } = this;
    const c = lab.colours;
    ctx.clearRect(0, 0, this.w, this.h);
    this.clip(ctx);
    this.starts(ctx);
    const frac = t - Math.floor(t);
    for (const run of lab.scene.runs) {
      if (frac > 0 && Math.floor(t) < run.last) {
        const k = Math.floor(t), [x, y] = this.position(run, t);
        ctx.strokeStyle = run.color;
        ctx.lineWidth = 2;
        ctx.beginPath();
        ctx.moveTo(this.safe(this.px(run.w1[k])), this.safe(this.py(run.w2[k])));
        ctx.lineTo(this.safe(this.px(x)), this.safe(this.py(y)));
        ctx.stroke();
      }
    }
    if (lab.arrows) this.arrows(ctx, t);
    ctx.restore();
    // The selected one last, so that it lies on top.
    const order = lab.scene.runs.map((r, i) => i).sort((p, q) => (p === lab.selected) - (q === lab.selected));
    for (const i of order) {
      const run = lab.scene.runs[i];
      const [wx, wy] = this.position(run, t);
      const x = this.px(wx), y = this.py(wy);
      ctx.fillStyle = run.color;
      ctx.strokeStyle = "#fff";
      if (this.inside(x, y)) {
        const diverged = run.diverged !== null && t >= run.last;
        ctx.lineWidth = i === lab.selected ? 2.4 : 1.4;
        S.marker(ctx, run.shape, x, y, i === lab.selected ? 7 : 5.5);
        ctx.fill();
        ctx.stroke();
        if (diverged) this.tag(ctx, `${run.short} diverged at step ${run.diverged}`, x, y, run.color);
      } else this.edge(ctx, run, x, y, t, c, b);
    }
  }

  // A path that has left the view is shown where it left, pointing outwards.
  edge(ctx, run, x, y, t, c, b) {
    const ex = Math.min(Math.max(Number.isFinite(x) ? x : b.x, b.x + 8), b.x + b.w - 8);
    const ey = Math.min(Math.max(Number.isFinite(y) ? y : b.y, b.y + 8), b.y + b.h - 8);
    const angle = Math.atan2(y - ey, x - ex);
    ctx.save();
    ctx.translate(ex, ey);
    ctx.rotate(angle);
    ctx.beginPath();
    ctx.moveTo(8, 0); ctx.lineTo(-5, -6); ctx.lineTo(-5, 6);
    ctx.closePath();
    ctx.lineWidth = 1.5;
    ctx.fill();
    ctx.stroke();
    ctx.restore();
    const gone = run.diverged !== null && t >= run.last;
    if (gone) this.tag(ctx, `${run.short} diverged at step ${run.diverged}`, ex, ey, run.color);
  }

  tag(ctx, text, x, y, colour) {
    const b = this.box;
    ctx.font = `11px ${this.lab.colours.font}`;
    ctx.textBaseline = "middle";
    const w = ctx.measureText(text).width;
    const left = x + 12 + w > b.x + b.w - 4;
    const tx = left ? x - 12 - w : x + 12, ty = Math.min(Math.max(y, b.y + 10), b.y + b.h - 10);
    ctx.textAlign = "left";
    ctx.fillStyle = "rgba(255,255,255,0.85)";
    ctx.fillRect(tx - 3, ty - 8, w + 6, 16);
    ctx.fillStyle = "#222";
    ctx.fillText(text, tx, ty);
    ctx.fillStyle = colour;
  }

  starts(ctx) {
    for (const s of this.lab.startMarks()) {
      const x = this.px(s.x), y = this.py(s.y);
      for (const [width, colour] of [[4, "rgba(255,255,255,0.9)"], [2, s.color]]) {
        ctx.lineWidth = width;
        ctx.strokeStyle = colour;
        ctx.beginPath();
        ctx.arc(x, y, 9, 0, 7);
        ctx.stroke();
      }
    }
  }

  // Arrows of the selected optimizer: their lengths are true beside each other up to a cap.
  arrows(ctx, t) {
    const run = this.lab.scene.runs[this.lab.selected];
    if (!run) return;
    const k = Math.min(Math.floor(t), run.last, this.lab.scene.steps - 1);
    if (k < 0 || !Number.isFinite(run.w1[k])) return;
    const x = this.px(run.w1[k]), y = this.py(run.w2[k]);
    const kx = this.box.w / (this.view[1] - this.view[0]), ky = this.box.h / (this.view[3] - this.view[2]);
    const lr = run.lr[k];
    const d = run.denominator;
    if (d) {
      // Each weight's own rate, as an ellipse: wide where the steps are stretched.
      const a = 1 / d[2 * k], b = 1 / d[2 * k + 1], top = Math.max(a * kx, b * ky);
      if (Number.isFinite(top) && top > 0) {
        ctx.beginPath();
        ctx.ellipse(x, y, Math.max((46 * a * kx) / top, 3), Math.max((46 * b * ky) / top, 3), 0, 0, 7);
        ctx.fillStyle = "rgba(255,255,255,0.14)";
        ctx.strokeStyle = "rgba(255,255,255,0.95)";
        ctx.lineWidth = 1.6;
        ctx.setLineDash([3, 3]);
        ctx.fill();
        ctx.stroke();
        ctx.setLineDash([]);
      }
    }
    const wanted = [["−η g", run.g, -lr, "#EE6677"]];
    const m = run.memory.m_hat ?? run.memory.m;
    if (m) wanted.push([run.memory.m_hat ? "−η m̂" : "−η m", m, -lr, "#66CCEE"]);
    wanted.push(["Δw", run.u, 1, "#FFFFFF"]);
    const list = [];
    for (const [name, v, f, colour] of wanted) {
      const x = v[2 * k] * f * kx, y = -v[2 * k + 1] * f * ky, size = Math.hypot(x, y);
      if (!Number.isFinite(size) || size === 0) continue;
      // What is the same arrow gets one arrow with both names.
      const same = list.find((o) => Math.hypot(o.x - x, o.y - y) < 0.02 * size);
      if (same) Object.assign(same, { name: `${same.name} = ${name}`, colour });
      else list.push({ name, x, y, size, colour });
    }
    const most = Math.max(...list.map((o) => o.size), 1e-30);
    // The longest is 90 px, less where even that one moves by a fraction of a pixel.
    const top = 90 * Math.min(1, (most / 4) ** 0.2);
    this.labels = [];
    for (const o of list) {
      const scale = Math.max(16, top * Math.pow(o.size / most, 0.4)) / o.size;
      this.arrow(ctx, x, y, x + o.x * scale, y + o.y * scale, o.colour, o.name);
    }
  }

  arrow(ctx, x0, y0, x1, y1, colour, name) {
    const a = Math.atan2(y1 - y0, x1 - x0);
    for (const [width, ink] of [[5, "rgba(0,0,0,0.6)"], [2.4, colour]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = ctx.fillStyle = ink;
      ctx.beginPath();
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
      ctx.moveTo(x1 - 9 * Math.cos(a - 0.4), y1 - 9 * Math.sin(a - 0.4));
      ctx.lineTo(x1, y1);
      ctx.lineTo(x1 - 9 * Math.cos(a + 0.4), y1 - 9 * Math.sin(a + 0.4));
      ctx.stroke();
    }
    ctx.font = `600 11px ${this.lab.colours.font}`;
    ctx.textAlign = x1 >= x0 ? "left" : "right";
    ctx.textBaseline = "middle";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(0,0,0,0.7)";
    const tx = x1 + 8 * Math.cos(a);
    let ty = y1 + 8 * Math.sin(a);
    while (this.labels.some(([x, y]) => Math.abs(x - tx) < 36 && Math.abs(y - ty) < 12)) ty += 13;
    this.labels.push([tx, ty]);
    ctx.strokeText(name, tx, ty);
    ctx.fillStyle = colour;
    ctx.fillText(name, tx, ty);
  }

  // -- the hand ------------------------------------------------------------------------------
  listen() {
    const el = this.stage;
    const at = (e) => {
      const r = el.getBoundingClientRect();
      return [e.clientX - r.left, e.clientY - r.top];
    };
    el.addEventListener("pointerdown", (e) => {
      if (!this.view || e.button > 1) return;
      const [px, py] = at(e);
      if (!this.inside(px, py)) return;
      el.setPointerCapture(e.pointerId);
      el.focus({ preventScroll: true });
      this.pointers.set(e.pointerId, [px, py]);
      if (this.pointers.size === 2) {
        if (this.mode === "start" && !this.tap) { // the first finger was no start after all
          this.lab.moveStart(this.held, this.from.x, this.from.y);
          this.lab.releaseStart();
        }
        this.mode = "pinch";
        this.pinch = this.spread();
      } else if (e.button === 1 || e.shiftKey || this.lab.tool === "pan") this.mode = "pan";
      else {
        this.mode = "start";
        this.held = this.lab.holdStart(px, py, this);
        this.from = this.lab.startMarks().find((s) => s.run === this.held);
        this.tap = e.pointerType === "touch"; // a second finger may follow and mean a zoom
        if (!this.tap) this.place(px, py);
      }
      e.preventDefault();
    });
    el.addEventListener("pointermove", (e) => {
      if (!this.view) return;
      const [px, py] = at(e);
      this.hovered(px, py);
      if (!this.pointers.has(e.pointerId)) return;
      const before = this.pointers.get(e.pointerId);
      this.pointers.set(e.pointerId, [px, py]);
      if (this.mode === "pinch" && this.pointers.size === 2) this.pinched();
      else if (this.mode === "pan") this.pan(px - before[0], py - before[1]);
      else if (this.mode === "start") {
        this.tap = false;
        this.place(px, py);
      }
    });
    const up = (e) => {
      if (!this.pointers.delete(e.pointerId)) return;
      if (this.mode === "start") {
        if (this.tap) this.place(...at(e));
        this.lab.releaseStart();
      }
      if (!this.pointers.size) this.mode = null;
    };
    el.addEventListener("pointerup", up);
    el.addEventListener("pointercancel", up);
    el.addEventListener("pointerleave", () => {
      this.readout.textContent = "";
    });
    el.addEventListener("wheel", (e) => {
      if (!this.view || this.lab.solid) return;
      const [px, py] = at(e);
      if (!this.inside(px, py)) return;
      e.preventDefault();
      this.zoom(Math.exp(Math.min(Math.max(e.deltaY, -200), 200) * 0.0022), px, py);
    }, { passive: false });
    el.addEventListener("dblclick", () => this.lab.home());
  }

  place(px, py) {
    const b = this.box;
    this.lab.moveStart(this.held, this.ux(Math.min(Math.max(px, b.x), b.x + b.w)),
      this.uy(Math.min(Math.max(py, b.y), b.y + b.h)));
  }

  hovered(px, py) {
    const field = this.lab.field;
    if (!field || this.lab.solid || !this.inside(px, py)) {
      this.readout.textContent = "";
      return;
    }
    const x = this.ux(px), y = this.uy(py), g = field.gradient(x, y);
    this.readout.textContent =
      `w₁ ${S.short(x)}   w₂ ${S.short(y)}   loss ${S.short(field.at(x, y))}   ` +
      `gradient (${S.short(g[0])}, ${S.short(g[1])})`;
  }

  pan(dx, dy) {
    const [x0, x1, y0, y1] = this.view;
    const sx = (-dx / this.box.w) * (x1 - x0), sy = (dy / this.box.h) * (y1 - y0);
    this.setView([x0 + sx, x1 + sx, y0 + sy, y1 + sy]);
  }

  zoom(factor, px = this.box.x + this.box.w / 2, py = this.box.y + this.box.h / 2) {
    const x = this.ux(px), y = this.uy(py), [x0, x1, y0, y1] = this.view;
    const width = (x1 - x0) * factor;
    if (width < 1e-4 || width > 1e4) return;
    this.setView([x + (x0 - x) * factor, x + (x1 - x) * factor, y + (y0 - y) * factor, y + (y1 - y) * factor]);
  }

  // Distance and middle of two fingers.
  spread() {
    const [[ax, ay], [bx, by]] = [...this.pointers.values()];
    return { d: Math.hypot(ax - bx, ay - by), x: (ax + bx) / 2, y: (ay + by) / 2 };
  }

  pinched() {
    const now = this.spread();
    if (now.d > 0) {
      this.pan(now.x - this.pinch.x, now.y - this.pinch.y);
      this.zoom(this.pinch.d / now.d, now.x, now.y);
    }
    this.pinch = now;
  }
};
