// The loss-surface laboratory: one clock, and everything that moves with it. protocol.js says what
// comes in and what goes out. Longer than other files: what moves with the clock shares its state.

import { FONT } from "../shared/canvas.js";
import { pageColours, watchTheme } from "../shared/colours.js";
import { ready as facesReady } from "../shared/faces.js";
import { tellSliders } from "../shared/news.js";
import { isCovered, moved } from "../shared/cover.js";
import { pageType } from "../shared/type.js";
import { Clock } from "./clock.js";
import { covers } from "./covers.js";
import { Field } from "./field.js";
import { Landscape } from "./landscape.js";
import { Plots } from "./plots.js";
import { Grids, Looks, read, unpack } from "./protocol.js";
import { savePicture } from "./save.js";
import { Start } from "./start.js";
import { Inspector, Key, Table } from "./tables.js";
import { Bar, Tools, answerKey, nameStage, make } from "./tools.js";
import { View } from "./view.js";

/** @typedef {import("./protocol.js").Look} Look */

await facesReady; // a canvas keeps the font that it was first drawn with

/** @type {Map<Element, Lab>} */
const labs = new Map(); // by parent element
const grids = new Grids();
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Lab {
  /**
   * @param {HTMLElement} parent
   * @param {(path: string) => string} [address] of a file below assets/web, where no server has it
   */
  constructor(parent, address) {
    this.parent = parent;
    this.address = address;
    /** @type {import("./protocol.js").Scene | null} */
    this.scene = null;
    this.field = /** @type {Field | null} */ (null);
    this.pictured = ""; // id of the grid that the field is made of
    /** @type {import("./space.js").Space | null} */
    this.space = null; // made when it is first asked for
    /** @type {number[] | undefined} */
    this.eye = undefined; // where the camera is to stand when there is one
    this.selected = 0;
    this.arrows = true;
    this.solid = false;
    this.tool = "start"; // what a drag moves: "start" or "pan" for the view
    this.frames = this.drawn = 0;
    this.report = (/** @type {string} */ _name, /** @type {any} */ _value) => {};
    this.clock = new Clock(() => this.ticked());
    this.start = new Start(this);
    // Between two scenes nothing makes the server say more than the next one needs.
    this.looks = new Looks((look) => this.report("look", look), () => "held" in document.documentElement.dataset);
    this.landscape = new Landscape(this);
    this.type = pageType();
    this.build();
    this.colours = this.findColours();
    this.resizer = new ResizeObserver(() => this.resized());
    for (const box of [this.root, this.plotBox]) this.resizer.observe(box); // plots give way to a table
    this.theme = watchTheme(() => this.recolour());
    labs.set(parent, this);
  }

  build() {
    this.root = make("div", "sc-root", this.parent);
    this.root.dataset.drawn = "0";
    /** @type {any} */ (this.root).covers = () => covers(this);
    const left = make("div", "sc-left", this.root), right = make("div", "sc-right", this.root), top = make("div", "sc-head", left);
    this.title = make("div", "sc-heading", top);
    const framed = make("div", "sc-key", top), buttons = make("div", "sc-tools", top);
    this.stage = make("div", "sc-stage", left);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.flat = make("div", "sc-flat", this.stage);
    this.solidBox = make("div", "sc-solid", this.stage);
    this.bar = new Bar(make("div", "sc-bar", left), this);
    this.keys = [framed, make("div", "sc-key", right)].map((place) => new Key(place, this));
    this.plotBox = make("div", "sc-plots", right);
    this.plotBox.setAttribute("role", "img");
    this.message = make("div", "sc-message", this.flat);
    this.message.setAttribute("role", "status");
    this.spoken = make("div", "sc-spoken", this.root);
    this.spoken.setAttribute("aria-live", "polite");
    this.tools = new Tools(buttons, this);
    this.view = new View(this.flat, this);
    this.plots = new Plots(this.plotBox, this);
    this.table = new Table(make("div", "sc-table", right), this);
    this.inspector = new Inspector(make("div", "sc-inspector", this.root), this);
    this.stage.addEventListener("keydown", (event) => answerKey(event, this));
  }

  // -- messages ------------------------------------------------------------------------------
  /** @param {{ head: any, floats: Float32Array }} message */
  show(message) {
    const scene = unpack(message), old = this.scene;
    const same = scene.stamp === old?.stamp && scene.grid === old.grid && scene.ack === old.ack;
    const look = this.looks.wanted(scene);
    if (same && !look) return;
    moved(this.root);
    this.scene = scene;
    this.clock.fit(scene.steps);
    this.title.textContent = scene.title;
    this.selected = Math.min(this.selected, scene.runs.length - 1);
    if (!old || old.home.join() !== scene.home.join() || old.surface !== scene.surface) {
      this.view.setView([...scene.home], false);
    }
    if (look) this.takeOver(look);
    nameStage(this);
    this.plotBox.setAttribute("aria-label", `${scene.alt} Loss, distance, effective rate and stability against the step.`);
    this.useGrid();
    for (const part of [...this.keys, this.plots, this.table, this.inspector]) part.prepare();
    this.landscape.shape(!same);
    this.landscape.soon();
    // The picture below the paths is drawn again only when something in it is another.
    const below = JSON.stringify([scene.minima, scene.saddles, scene.surface, scene.color]);
    if (below !== this.below) this.view.stale = true;
    this.below = below;
    this.view.trailsAt = null;
    this.arrived = true;
    this.start.answered();
    this.dirty();
  }

  useGrid() {
    const grid = grids.get(this.scene.grid), scale = this.scene.color;
    if (!grid) return; // its message is on the way; the old picture stays until then
    this.pictured = this.scene.grid;
    if (this.field?.values === grid.values && this.field.scale === scale) return;
    this.field = new Field(grid.values, grid.n, grid.ranges, scale);
    this.landscape.shaped = false;
    this.view.stale = true;
  }

  /** @param {string} id */
  gridCame(id) {
    if (this.scene?.grid !== id) return;
    this.useGrid();
    this.landscape.shape();
    this.dirty();
  }

  /** @param {import("./field.js").Ranges} zoom */
  wantView(zoom) {
    clearTimeout(this.viewTimer);
    this.viewTimer = setTimeout(() => {
      const { surface, home } = this.scene;
      this.report("zoom", { surface, home, zoom: zoom.map((v) => Number(v.toPrecision(6))) });
    }, 140);
  }

  // -- how it is shown -----------------------------------------------------------------------
  /** @returns {Look} */
  look() {
    const { time, steps, speed } = this.clock;
    const step = Math.floor(time), eye = this.space?.eye();
    return {
      ...(step < steps ? { step } : {}), speed, selected: this.selected, arrows: this.arrows,
      solid: this.solid, ...(eye ? { eye } : {}),
    };
  }

  /** @param {Look} look */
  takeOver(look) {
    const { clock } = this;
    clock.speed = look.speed ?? clock.speed;
    clock.time = Math.min(Math.max(look.step ?? clock.steps, 0), clock.steps);
    this.selected = Math.min(look.selected ?? this.selected, this.scene.runs.length - 1);
    this.arrows = look.arrows ?? this.arrows;
    this.eye = look.eye;
    if (this.space) this.eye ? this.space.lookFrom(this.eye) : this.space.home();
    this.view.setView([...(look.zoom ?? this.scene.home)], false);
    if ((look.solid ?? false) !== this.solid) this.showSolid(look.solid);
    this.tools.show();
  }

  looked() {
    this.looks.changed(() => this.look());
    this.dirty();
  }

  /** @param {boolean} on */
  showArrows(on) {
    this.arrows = on;
    this.tools.show();
    this.looked();
  }

  /** @param {boolean} on */
  async showSolid(on) {
    this.solid = on;
    if (on && !this.space) await this.landscape.make();
    this.landscape.shape(false);
    this.stage.classList.toggle("sc-is-solid", this.solid);
    this.tools.show();
    this.view.stale = true;
    this.looked();
  }

  home() {
    if (this.solid) this.space.home();
    else this.view.setView([...this.scene.home]);
  }

  /** @param {number} factor below 1 for nearer */
  zoom(factor) {
    (this.solid ? this.space : this.view)?.zoom(factor);
  }

  /**
   * Shift and an arrow key.
   * @param {number} dx
   * @param {number} dy
   */
  nudge(dx, dy) {
    if (this.solid) this.space?.turn(0.08 * dx, 0.08 * dy);
    else this.start.nudge(dx, dy);
  }

  /** @param {number} i */
  select(i) {
    this.selected = i;
    this.table.chosen();
    this.looked();
  }

  /** @param {number} way */
  selectNext(way) {
    const n = this.scene.runs.length;
    this.select((this.selected + way + n) % n);
    this.say(this.scene.runs[this.selected].label);
  }

  // -- the clock -----------------------------------------------------------------------------
  get t() { return this.clock.time; }
  get playing() { return this.clock.playing; }

  ticked() {
    if (this.root) this.root.dataset.playing = this.clock.playing ? "1" : "0";
    if (!this.clock.playing) this.looked();
    else this.dirty();
  }

  dirty() { this.pendingFrame ||= requestAnimationFrame((now) => this.frame(now)); }

  /** @param {number} now */
  frame(now) {
    this.pendingFrame = 0;
    if (!this.scene || !this.root.clientWidth) return;
    this.clock.tick(now);
    // Without motion wanted, playing goes from step to step instead of gliding.
    const { time } = this.clock;
    const t = isCovered() ? 0 : still() ? Math.floor(time) : time;
    if (this.solid) this.space?.draw(t);
    else this.view.draw(t);
    for (const part of [this.plots, this.table, this.inspector]) part.draw(t);
    this.bar.show(Math.floor(t));
    this.frames++;
    if (this.arrived && (this.field || this.scene.grid === null)) this.tellDrawn();
    if (this.clock.playing) this.dirty();
  }

  /** What the tests and measurements wait for. */
  tellDrawn() {
    this.arrived = false;
    const [run] = this.scene.runs, said = this.root.dataset;
    if (run) {
      said.start = `${run.w1[0]},${run.w2[0]}`;
      said.end = `${run.w1[run.last]},${run.w2[run.last]}`;
    }
    said.grid = this.scene.grid;
    said.ack = String(this.scene.ack);
    said.drawn = String(++this.drawn);
  }

  // -- size, colours, words, picture ---------------------------------------------------------
  resized() {
    const w = this.stage.clientWidth, h = this.stage.clientHeight, before = this.type;
    if (!w || !h) return;
    moved(this.root);
    this.type = pageType();
    if (this.type !== before && this.scene) this.landscape.shape();
    this.view.resize(w, h);
    this.space?.resize(w, h);
    this.plots.resize(this.plotBox.clientWidth, this.plotBox.clientHeight);
    if (this.scene) this.frame(performance.now());
  }

  findColours() {
    const colours = pageColours(this.root);
    this.root.classList.toggle("sc-dark", colours.dark);
    return { ...colours, faint: colours.dark ? "#524f4b" : "#d8d7d5", font: FONT };
  }

  recolour() {
    this.colours = this.findColours();
    this.view.stale = this.plots.stale = true;
    if (this.scene) this.landscape.shape();
    this.dirty();
  }

  /** @param {string} text for a screen reader */
  say(text) { this.spoken.textContent = text; }

  /** @param {string} text over the surface, for a while */
  note(text) {
    this.message.textContent = text;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => (this.message.textContent = ""), 8000);
  }

  save() { savePicture(this); }

  end() {
    this.resizer.disconnect();
    this.theme.disconnect();
    cancelAnimationFrame(this.pendingFrame);
    for (const timer of [this.viewTimer, this.noteTimer]) clearTimeout(timer);
    for (const part of [this.start, this.looks, this.landscape, this.space]) part?.end();
    this.root.remove();
    labs.delete(this.parent);
  }
}

/** @param {any} component */
export default function (component) {
  const { parentElement, data, setStateValue, address } = component;
  const message = read(data);
  if (!message) return;
  if (message.head.kind === "grid") {
    grids.keep(message);
    for (const lab of labs.values()) lab.gridCame(message.head.id);
    return;
  }
  const lab = labs.get(parentElement) ?? new Lab(parentElement, address);
  lab.report = (name, value) => setStateValue(name, value);
  lab.root.dataset.figure = message.head.key;
  parentElement.__lab = lab; // for tests and measurements: frames drawn, the clock
  tellSliders(message.head.sliders);
  lab.show(message);
  // Streamlit also calls this when a newer run overtook this one; only a real end counts.
  return () => setTimeout(() => { if (!parentElement.isConnected) lab.end(); }, 0);
}
