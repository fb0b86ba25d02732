// The loss-surface laboratory: one clock, and everything that moves with it.
// The Python side is initopt_core/ui/components/surface_canvas.py. No build step: the parts below are loaded
// as files, or put in front of this script where files cannot be served.

const S = (globalThis.initoptSurface ??= {});
if (import.meta.url.startsWith("http")) {
  S.base = import.meta.url;
  const load = (path) => import(new URL(path, S.base).href);
  await Promise.all([
    ...["field", "view", "plots", "tables", "space"].map((part) => load(`./${part}.js`)),
    load("../shared/faces.js").then((faces) => faces.ready),
  ]);
}

const labs = new Map(); // parent element -> Lab
const grids = new Map(); // id -> { n, ranges, values }, the newest few
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function read(data) {
  if (!(data instanceof Uint8Array)) return null;
  const cut = data.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(data.subarray(0, cut)));
  // Floats must begin at a multiple of four bytes, which the text in front need not respect.
  return { head, floats: new Float32Array(data.slice(cut + 1).buffer) };
}

function keepGrid({ head, floats }) {
  grids.delete(head.id);
  grids.set(head.id, { n: head.n, ranges: head.ranges, values: floats });
  while (grids.size > 8) grids.delete(grids.keys().next().value);
  for (const lab of labs.values()) lab.gridCame(head.id);
}

function unpack({ head, floats }) {
  let at = 0;
  const take = (n) => floats.subarray(at, (at += n));
  const T = head.steps;
  for (const run of head.runs) {
    run.w1 = take(T + 1);
    run.w2 = take(T + 1);
    run.loss = take(T + 1);
    run.g = take(2 * T);
    run.u = take(2 * T);
    run.lr = take(T);
    run.sharpness = take(T);
    run.meter = take(T);
    run.thrown = take(T);
    run.throw = take(T);
    run.limit = take(T);
    run.denominator = run.divides ? take(2 * T) : null;
    run.memory = Object.fromEntries(run.kept.map((name) => [name, take(2 * T)]));
    // The last step that can be drawn.
    run.last = run.diverged === null ? T : Math.max(run.diverged - 1, 0);
    const goals = head.minima.length ? head.minima : [[run.w1[0], run.w2[0]]];
    run.distance = Float64Array.from({ length: T + 1 }, (_, k) =>
      Math.min(...goals.map(([x, y]) => Math.hypot(run.w1[k] - x, run.w2[k] - y))));
  }
  return head;
}

// Shapes, since no font is sure to have these signs.
const ICONS = {
  first: "M3 3h2v10H3zM13 3v10L6 8z",
  back: "M11 3v10L4 8z",
  play: "M4 2.5v11L13 8z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M5 3v10l7-5z",
  end: "M11 3h2v10h-2zM3 3v10l7-5z",
  loop: "M8 2.5a5.5 5.5 0 0 1 4.6 2.5V2.8H14V7.6H9.2V6.2h2.6A4.1 4.1 0 1 0 12 9.4h1.5A5.5 5.5 0 1 1 8 2.5z",
  in: "M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z",
  out: "M3 7.2h10v1.6H3z",
  home: "M8 2 1.8 7.6H3.6V13.4H6.8V9.4H9.2V13.4H12.4V7.6H14.2z",
  pan: "M8 .8 10.4 3.6H8.7V7.3H12.4V5.6L15.2 8l-2.8 2.4V8.7H8.7v3.7h1.7L8 15.2l-2.4-2.8h1.7V8.7H3.6v1.7L.8 8l2.8-2.4v1.7h3.7V3.6H5.6z",
  arrows: "M3 12 10.2 4.8H5.4V3.2H13v7.6h-1.6V5.9L4.1 13.1z",
  save: "M7.2 2h1.6v6.2l2.3-2.3 1.1 1.1L8 11.3 3.8 7l1.1-1.1 2.3 2.3zM3 12.4h10V14H3z",
};
const icon = (name) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="${ICONS[name]}"/></svg>`;

const PANS = { a: [30, 0], d: [-30, 0], w: [0, 30], s: [0, -30] }; // pixels the picture moves
const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const BUTTONS = [
  ["first", "To the start (Home)"],
  ["back", "One step back (left arrow)"],
  ["play", "Play (space)"],
  ["next", "One step on (right arrow)"],
  ["end", "To the end (End)"],
];

class Lab {
  constructor(parent) {
    this.parent = parent;
    this.t = 0;
    this.speed = 1;
    this.loop = false;
    this.playing = false;
    this.selected = 0;
    this.arrows = true;
    this.tool = "start";
    this.sent = 0;
    this.flight = 0;
    this.frames = 0;
    this.drawn = 0;
    this.build();
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(this.root);
    this.resizer.observe(this.plotBox); // it gives way to a longer table
    this.theme = new MutationObserver(() => this.recolour());
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
    labs.set(parent, this);
  }

  build() {
    const make = (tag, cls, parent, text) => {
      const e = document.createElement(tag);
      if (cls) e.className = cls;
      if (text !== undefined) e.textContent = text;
      parent?.append(e);
      return e;
    };
    const root = (this.root = make("div", "sc-root", this.parent));
    root.dataset.drawn = "0";
    const left = make("div", "sc-left", root);
    const top = make("div", "sc-head", left);
    this.title = make("div", "sc-heading", top);
    const tools = make("div", "sc-tools", top);
    const stage = (this.stage = make("div", "sc-stage", left));
    stage.tabIndex = 0;
    stage.setAttribute("role", "application");
    this.flat = make("div", "sc-flat", stage);
    this.solidBox = make("div", "sc-solid", stage);
    const tool = (name, title, act, text) => {
      const b = make("button", "", tools, text);
      if (!text) b.innerHTML = icon(name);
      b.type = "button";
      b.title = title;
      b.setAttribute("aria-label", title);
      b.dataset.tool = name;
      b.addEventListener("click", act);
      return b;
    };
    tool("in", "Zoom in (+)", () => this.zoom(0.7));
    tool("out", "Zoom out (−)", () => this.zoom(1 / 0.7));
    tool("home", "Whole view (0)", () => this.home());
    this.panButton = tool("pan", "Drag moves the view instead of the start (or hold shift)", () => {
      this.tool = this.tool === "pan" ? "start" : "pan";
      this.panButton.setAttribute("aria-pressed", this.tool === "pan");
      stage.classList.toggle("sc-panning", this.tool === "pan");
    });
    this.panButton.setAttribute("aria-pressed", "false");
    this.arrowButton = tool("arrows", "Arrows of the chosen optimizer: gradient, momentum, per-weight rates, update", () => {
      this.arrows = !this.arrows;
      this.arrowButton.setAttribute("aria-pressed", this.arrows);
      this.dirty();
    });
    this.arrowButton.setAttribute("aria-pressed", "true");
    this.solidButton = tool("solid", "The same in three dimensions", () => this.toggleSolid(), "3-D");
    this.solidButton.setAttribute("aria-pressed", "false");
    this.saveButton = tool("save", "Save this picture (PNG)", () => this.save());

    const bar = make("div", "sc-bar", left);
    for (const [name, title] of BUTTONS) {
      const b = make("button", `sc-${name}`, bar);
      b.innerHTML = icon(name);
      b.type = "button";
      b.title = title;
      b.setAttribute("aria-label", title);
      b.addEventListener("click", () => this.act(name));
      if (name === "play") this.playButton = b;
    }
    this.slider = make("input", "sc-slider", bar);
    Object.assign(this.slider, { type: "range", min: 0, step: 1, value: 0 });
    this.slider.setAttribute("aria-label", "Step");
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value), false));
    this.label = make("span", "sc-step", bar);
    const speed = make("select", "sc-speed", bar);
    speed.setAttribute("aria-label", "Speed");
    speed.title = "Speed";
    for (const s of [0.25, 0.5, 1, 2, 4]) {
      const o = make("option", "", speed, `${s}×`);
      o.value = s;
      o.selected = s === 1;
    }
    speed.addEventListener("change", () => (this.speed = Number(speed.value)));
    this.loopButton = make("button", "sc-loop", bar);
    this.loopButton.innerHTML = icon("loop");
    this.loopButton.type = "button";
    this.loopButton.title = "Repeat";
    this.loopButton.setAttribute("aria-label", "Repeat");
    this.loopButton.setAttribute("aria-pressed", "false");
    this.loopButton.addEventListener("click", () => {
      this.loop = !this.loop;
      this.loopButton.setAttribute("aria-pressed", this.loop);
    });

    const right = make("div", "sc-right", root);
    this.plotBox = make("div", "sc-plots", right);
    this.plotBox.setAttribute("role", "img");
    this.tableBox = make("div", "sc-table", right);
    this.inspectorBox = make("div", "sc-inspector", root);
    this.message = make("div", "sc-message", this.flat);
    this.message.setAttribute("role", "status");
    this.spoken = make("div", "sc-spoken", root);
    this.spoken.setAttribute("aria-live", "polite");

    this.view = new S.View(this.flat, this);
    this.plots = new S.Plots(this.plotBox, this);
    this.table = new S.Table(this.tableBox, this);
    this.inspector = new S.Inspector(this.inspectorBox, this);
    stage.addEventListener("keydown", (e) => this.key(e));
    bar.addEventListener("keydown", (e) => e.target === this.slider || this.key(e));
  }

  // -- messages ------------------------------------------------------------------------------
  show(message) {
    const scene = unpack(message);
    if (scene.stamp === this.scene?.stamp && scene.grid === this.scene.grid && scene.ack === this.scene.ack) return;
    const old = this.scene;
    const atEnd = !old || (!this.playing && this.t >= old.steps);
    this.scene = scene;
    if (scene.ack >= this.flight) this.flight = 0;
    this.slider.max = scene.steps;
    this.title.textContent = scene.title;
    this.selected = Math.min(this.selected, scene.runs.length - 1);
    this.t = atEnd ? scene.steps : Math.min(this.t, scene.steps);
    if (!old || old.home.join() !== scene.home.join() || old.surface !== scene.surface) {
      this.view.view = [...scene.home];
      this.view.stale = true;
    }
    this.stage.setAttribute("aria-label",
      `${scene.alt} Space plays, arrow keys step, with shift they move the start, ` +
      "Home and End jump, up and down choose an optimizer, plus and minus zoom, w a s d move the view.");
    this.plotBox.setAttribute("aria-label", `${scene.alt} Loss, distance, effective rate and stability against the step.`);
    this.colours ??= this.findColours();
    this.useGrid();
    this.plots.prepare();
    this.table.prepare();
    this.inspector.prepare();
    this.space?.prepare();
    // The picture below the paths is drawn again only when something in it is another.
    const below = JSON.stringify([scene.minima, scene.saddles, scene.surface, scene.color]);
    if (below !== this.below) this.view.stale = true;
    this.below = below;
    this.view.trailsAt = null;
    this.arrived = true;
    if (!this.held) this.local = null;
    this.next();
    this.dirty();
  }

  useGrid() {
    const grid = grids.get(this.scene.grid);
    if (!grid) return; // its message is on the way; the old picture stays until then
    const scale = this.scene.color;
    if (this.field?.values !== grid.values || this.field.scale !== scale) {
      this.field = new S.Field(grid.values, grid.n, grid.ranges, scale);
      this.view.stale = true;
    }
  }

  gridCame(id) {
    if (this.scene?.grid !== id) return;
    this.useGrid();
    this.space?.prepare();
    this.dirty();
  }

  // -- the start under the finger ------------------------------------------------------------
  startMarks() {
    return this.scene.starts.map((s) => {
      const moved = this.local && this.local.run === s.run ? this.local : s;
      const run = this.scene.runs[s.run];
      return { run: s.run, x: moved.x, y: moved.y, color: run ? run.color : "#222" };
    });
  }

  // Which start a press takes hold of: the nearest within reach, else that of the chosen one.
  holdStart(px, py, view) {
    let best = null, reach = 16;
    for (const s of this.startMarks()) {
      const d = Math.hypot(view.px(s.x) - px, view.py(s.y) - py);
      if (d < reach) [best, reach] = [s.run, d];
    }
    return best ?? this.heldByKey();
  }

  moveStart(run, x, y) {
    const round = (v, span) => Number(v.toPrecision(12)) && Number(v.toFixed(Math.max(0, 3 - Math.floor(Math.log10(span)))));
    const v = this.view.view;
    this.held = true;
    this.local = { run, x: round(x, v[1] - v[0]) || 0, y: round(y, v[3] - v[2]) || 0 };
    this.pending = { ...this.local };
    this.dirty();
    this.next();
  }

  releaseStart() {
    this.held = false;
    if (this.local) this.pending = { ...this.local, done: true };
    this.next();
  }

  // Shift and an arrow key: a hundredth of the view; it counts as let go after a moment's rest.
  nudgeStart(dx, dy) {
    const run = this.heldByKey(), [x0, x1, y0, y1] = this.view.view;
    const { x, y } = this.startMarks().find((s) => s.run === run);
    const into = (v, low, high) => Math.min(Math.max(v, low), high);
    this.moveStart(run, into(x + (dx * (x1 - x0)) / 100, x0, x1), into(y + (dy * (y1 - y0)) / 100, y0, y1));
    this.spoken.textContent = `Start at ${S.short(this.local.x)}, ${S.short(this.local.y)}`;
    clearTimeout(this.nudgeTimer);
    this.nudgeTimer = setTimeout(() => this.releaseStart(), 500);
  }

  // The chosen optimizer's own start, else the one that all share.
  heldByKey() {
    return this.scene.starts.some((s) => s.run === this.selected) ? this.selected : this.scene.starts[0].run;
  }

  // At most one question is on its way; the newest position waits for its answer.
  next() {
    if (!this.pending || (this.flight && performance.now() - this.flightAt < 1500)) return;
    const n = (this.sent = Math.max(this.sent + 1, this.scene.ack + 1));
    this.flight = n;
    this.flightAt = performance.now();
    const value = { ...this.pending, n };
    this.pending = null;
    this.report?.("start", value);
  }

  wantView(view) {
    clearTimeout(this.viewTimer);
    this.viewTimer = setTimeout(() => {
      this.report?.("view", { surface: this.scene.surface, home: this.scene.home, view: view.map((v) => Number(v.toPrecision(6))) });
    }, 140);
  }

  home() {
    if (this.solid) this.space.home();
    else this.view.setView([...this.scene.home]);
  }

  zoom(factor) {
    (this.solid ? this.space : this.view).zoom(factor);
  }

  // -- the clock -----------------------------------------------------------------------------
  act(name) {
    const T = this.scene.steps;
    if (name === "play") return this.toggle();
    const to = { first: 0, back: Math.ceil(this.t) - 1, next: Math.floor(this.t) + 1, end: T }[name];
    this.seek(to, false);
  }

  toggle(on = !this.playing) {
    this.playing = on;
    if (on && this.t >= this.scene.steps) this.t = 0;
    this.before = null;
    this.playButton.innerHTML = icon(on ? "pause" : "play");
    this.playButton.title = on ? "Pause (space)" : "Play (space)";
    this.playButton.setAttribute("aria-label", this.playButton.title);
    this.root.dataset.playing = on ? "1" : "0";
    this.dirty();
  }

  seek(t, keep = true) {
    if (!keep && this.playing) this.toggle(false);
    this.t = Math.min(Math.max(Math.round(t), 0), this.scene.steps);
    this.dirty();
  }

  select(i) {
    this.selected = i;
    this.table.chosen();
    this.dirty();
  }

  key(e) {
    if (e.shiftKey && NUDGES[e.key] && e.target === this.stage) {
      const [dx, dy] = NUDGES[e.key];
      if (this.solid) this.space.turn(0.08 * dx, 0.08 * dy);
      else this.nudgeStart(dx, dy);
      e.preventDefault();
      return;
    }
    const act = { " ": "play", ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "end" }[e.key];
    if (e.target.tagName === "BUTTON" && e.key === " ") return; // the button answers itself
    if (e.target.tagName === "SELECT") return;
    if (act) this.act(act);
    else if (e.key === "ArrowUp" || e.key === "ArrowDown") {
      const n = this.scene.runs.length;
      this.select((this.selected + (e.key === "ArrowUp" ? n - 1 : 1)) % n);
    } else if (e.key === "+" || e.key === "=") this.zoom(0.8);
    else if (e.key === "-") this.zoom(1.25);
    else if (e.key === "0") this.home();
    else if (PANS[e.key] && !this.solid && !e.ctrlKey && !e.metaKey) this.view.pan(...PANS[e.key]);
    else return;
    e.preventDefault();
  }

  dirty() {
    if (this.pendingFrame) return;
    this.pendingFrame = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.pendingFrame = 0;
    if (!this.scene || !this.root.clientWidth) return;
    if (this.playing) {
      const gap = this.before === null || this.before === undefined ? 0 : Math.min(now - this.before, 100);
      this.before = now;
      // The whole path takes six seconds at speed 1, however many steps it has.
      this.t += (gap / 6000) * this.scene.steps * this.speed;
      if (this.t >= this.scene.steps) {
        if (this.loop) this.t = 0;
        else {
          this.t = this.scene.steps;
          this.toggle(false);
        }
      }
    }
    // Without motion wanted, playing goes from step to step instead of gliding.
    const t = still() ? Math.floor(this.t) : this.t;
    if (this.solid) this.space?.draw(t);
    else this.view.draw(t);
    this.plots.draw(t);
    this.table.draw(t);
    this.inspector.draw(t);
    const step = Math.floor(t);
    if (this.shownStep !== step || this.shownOf !== this.scene.steps) {
      this.shownStep = step;
      this.shownOf = this.scene.steps;
      this.slider.value = step;
      this.label.textContent = `${step} / ${this.scene.steps}`;
    }
    this.frames++;
    if (this.arrived && (this.field || this.scene.grid === null)) {
      this.arrived = false;
      const run = this.scene.runs[0];
      const d = this.root.dataset;
      if (run) {
        d.start = `${run.w1[0]},${run.w2[0]}`;
        d.end = `${run.w1[run.last]},${run.w2[run.last]}`;
      }
      d.grid = this.scene.grid;
      d.ack = this.scene.ack;
      d.drawn = String(++this.drawn);
    }
    if (this.playing) this.dirty();
  }

  // -- size, colours, 3-D, picture -----------------------------------------------------------
  resized() {
    const w = this.stage.clientWidth, h = this.stage.clientHeight;
    if (!w || !h) return;
    this.view.resize(w, h);
    this.space?.resize(w, h);
    this.plots.resize(this.plotBox.clientWidth, this.plotBox.clientHeight);
    if (this.scene) this.frame(performance.now());
  }

  findColours() {
    const style = getComputedStyle(this.root);
    const get = (name, other) => style.getPropertyValue(name).trim() || other;
    const paper = get("--st-background-color", "#ffffff");
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = paper;
    const [r, g, b] = /^#/.test(probe.fillStyle)
      ? [1, 3, 5].map((i) => parseInt(probe.fillStyle.slice(i, i + 2), 16))
      : [255, 255, 255];
    const dark = 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
    this.root.classList.toggle("sc-dark", dark);
    return {
      paper, dark,
      ink: get("--st-text-color", dark ? "#fafafa" : "#31333f"),
      faint: dark ? "#4a4f5b" : "#d5d8df",
      font: "'Source Sans 3', 'Source Sans', sans-serif",
    };
  }

  recolour() {
    this.colours = this.findColours();
    this.view.stale = this.plots.stale = true;
    this.space?.prepare();
    this.dirty();
  }

  async toggleSolid() {
    this.solid = !this.solid;
    this.solidButton.setAttribute("aria-pressed", this.solid);
    this.stage.classList.toggle("sc-is-solid", this.solid);
    if (this.solid && !this.space) {
      try {
        this.three ??= await S.loadThree();
        this.space = new S.Space(this.solidBox, this, this.three);
        this.space.resize(this.stage.clientWidth, this.stage.clientHeight);
        this.space.prepare();
      } catch (error) {
        this.solid = false;
        this.stage.classList.remove("sc-is-solid");
        this.solidButton.setAttribute("aria-pressed", "false");
        this.note(`The 3-D view is not available: ${error.message}. The flat view shows the same.`);
      }
    }
    this.view.stale = true;
    this.dirty();
  }

  note(text) {
    this.message.textContent = text;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => (this.message.textContent = ""), 8000);
  }

  save() {
    const out = document.createElement("canvas");
    const source = this.solid && this.space ? [this.space.renderer.domElement] : this.view.layers;
    out.width = source[0].width;
    out.height = source[0].height;
    const ctx = out.getContext("2d");
    ctx.fillStyle = this.colours.paper;
    ctx.fillRect(0, 0, out.width, out.height);
    for (const canvas of source) ctx.drawImage(canvas, 0, 0);
    out.toBlob((blob) => {
      const a = document.createElement("a");
      a.href = URL.createObjectURL(blob);
      a.download = `loss-surface-step-${Math.floor(this.t)}.png`;
      a.click();
      setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
    });
  }

  end() {
    this.resizer.disconnect();
    this.theme.disconnect();
    cancelAnimationFrame(this.pendingFrame);
    for (const timer of [this.viewTimer, this.nudgeTimer, this.noteTimer]) clearTimeout(timer);
    this.space?.end();
    this.root.remove();
    labs.delete(this.parent);
  }
}

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const message = read(data);
  if (!message) return;
  if (message.head.kind === "grid") {
    keepGrid(message);
    return;
  }
  let lab = labs.get(parentElement);
  if (!lab) lab = new Lab(parentElement);
  lab.report = (name, value) => setStateValue(name, value);
  lab.root.dataset.figure = message.head.key;
  parentElement.__lab = lab; // for tests and measurements: frames drawn, the clock
  lab.show(message);
  // Streamlit also calls this when a newer run overtook this one; only a real end counts.
  return () => setTimeout(() => { if (!parentElement.isConnected) lab.end(); }, 0);
}
