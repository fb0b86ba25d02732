// The lab's buttons, the playback's bar and its keys.

// Shapes, since no font is sure to have these signs.
/** @type {Record<string, string>} */
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
/** @param {string} name */
const icon = (name) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="${ICONS[name]}"/></svg>`;

/** @type {[import("./clock.js").Act, string][]} */
const ACTS = [
  ["first", "To the start (Home)"],
  ["back", "One step back (left arrow)"],
  ["play", "Play (space)"],
  ["next", "One step on (right arrow)"],
  ["end", "To the end (End)"],
];
/** @type {Record<string, import("./clock.js").Act>} */
const KEYS = { " ": "play", ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "end" };
/** @type {Record<string, [number, number]>} */
const PANS = { a: [30, 0], d: [-30, 0], w: [0, 30], s: [0, -30] }; // pixels the picture moves
/** @type {Record<string, [number, number]>} */
const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const SPEEDS = [0.25, 0.5, 1, 2, 4];

/**
 * What the keys of the stage do, for those who cannot see the buttons.
 * @param {import("./protocol.js").Scene} scene
 * @param {boolean} solid whether it is shown in three dimensions
 */
function how({ starts }, solid) {
  const shift = solid ? "with shift they turn the surface, " : starts.length ? "with shift they move the start, " : "";
  return `Space plays, arrow keys step, ${shift}` +
    `Home and End jump, up and down choose an optimizer, plus and minus zoom${solid ? "" : ", w a s d move the view"}.`;
}

/** @typedef {import("./surface_canvas.js").Lab} Lab */

/**
 * What is heard of the stage.
 * @param {Lab} lab
 */
export const nameStage = ({ stage, scene, solid }) =>
  stage.setAttribute("aria-label", `${scene.alt} ${how(scene, solid)}`);

/**
 * An element of a class below a parent, with some text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} name of its class
 * @param {Element} parent
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, name, parent, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

/**
 * @param {Element} parent
 * @param {string} name of its icon
 * @param {string} title
 * @param {() => void} act
 * @param {string} [text] instead of an icon; it is then part of the name, as it is read aloud
 */
function button(parent, name, title, act, text) {
  const made = make("button", "", parent, text);
  if (!text) made.innerHTML = icon(name);
  made.type = "button";
  made.dataset.tool = name;
  made.title = title;
  made.setAttribute("aria-label", text ? `${text}: ${title}` : title);
  made.addEventListener("click", act);
  return made;
}

/**
 * @param {Element} element
 * @param {boolean} on
 */
const press = (element, on) => element.setAttribute("aria-pressed", String(on));

/** The buttons above the surface. */
export class Tools {
  /**
   * @param {Element} parent
   * @param {Lab} lab
   */
  constructor(parent, lab) {
    this.lab = lab;
    button(parent, "in", "Zoom in (+)", () => lab.zoom(0.7));
    button(parent, "out", "Zoom out (−)", () => lab.zoom(1 / 0.7));
    button(parent, "home", "Whole view (0)", () => lab.home());
    this.pan = button(parent, "pan", "Drag moves the view instead of the start (or hold shift)", () => {
      lab.tool = lab.tool === "pan" ? "start" : "pan";
      this.show();
    });
    const arrows = "Arrows of the chosen optimizer: gradient, momentum, per-weight rates, update";
    this.arrows = button(parent, "arrows", arrows, () => lab.showArrows(!lab.arrows));
    this.solid = button(parent, "solid", "the same in three dimensions", () => lab.showSolid(!lab.solid), "3-D");
    button(parent, "save", "Save this picture (PNG)", () => lab.save());
    this.show();
  }

  show() {
    if (this.lab.scene) nameStage(this.lab);
    const fixed = this.lab.scene?.starts.length === 0; // nothing else to drag
    this.pan.hidden = fixed;
    this.lab.stage.classList.toggle("sc-fixed", fixed);
    press(this.pan, this.lab.tool === "pan");
    press(this.arrows, this.lab.arrows);
    press(this.solid, this.lab.solid);
    this.lab.stage.classList.toggle("sc-panning", this.lab.tool === "pan");
  }
}

/** The playback's bar below the surface. */
export class Bar {
  /**
   * @param {Element} parent
   * @param {Lab} lab
   */
  constructor(parent, lab) {
    this.lab = lab;
    const { clock } = lab;
    const acts = ACTS.map(([name, title]) => button(parent, name, title, () => clock.act(name)));
    this.play = acts[2];
    this.play.classList.add("sc-play");
    this.slider = make("input", "sc-slider", parent);
    Object.assign(this.slider, { type: "range", min: 0, step: 1, value: 0 });
    this.slider.setAttribute("aria-label", "Step");
    this.slider.addEventListener("input", () => clock.seek(Number(this.slider.value)));
    this.label = make("span", "sc-step", parent);
    this.speed = make("select", "sc-speed", parent);
    this.speed.setAttribute("aria-label", "Speed");
    this.speed.title = "Speed";
    for (const speed of SPEEDS) make("option", "", this.speed, `${speed}×`).value = String(speed);
    this.speed.addEventListener("change", () => {
      clock.speed = Number(this.speed.value);
      lab.looked();
    });
    this.loop = button(parent, "loop", "Repeat", () => {
      clock.loop = !clock.loop;
      press(this.loop, clock.loop);
    });
    press(this.loop, false);
    parent.addEventListener("keydown", (e) => {
      if (e.target !== this.slider) answerKey(/** @type {KeyboardEvent} */ (e), lab);
    });
    this.shown = "";
  }

  /** @param {number} step */
  show(step) {
    const { steps, playing, speed } = this.lab.clock;
    const now = `${step} / ${steps}`, all = `${now} ${playing} ${speed}`;
    if (all === this.shown) return;
    this.shown = all;
    this.slider.max = String(steps);
    this.slider.value = String(step);
    this.label.textContent = now;
    this.speed.value = String(speed);
    if (this.play.dataset.on === String(playing)) return;
    this.play.dataset.on = String(playing);
    this.play.innerHTML = icon(playing ? "pause" : "play");
    this.play.title = playing ? "Pause (space)" : "Play (space)";
    this.play.setAttribute("aria-label", this.play.title);
  }
}

/**
 * What a key does on the stage or the bar; those it does not know are left alone.
 * @param {KeyboardEvent} event
 * @param {Lab} lab
 */
export function answerKey(event, lab) {
  const { key } = event, target = /** @type {Element} */ (event.target);
  const onButton = target.tagName === "BUTTON" && [" ", "Enter"].includes(key); // it answers itself
  if (onButton || target.tagName === "SELECT") return;
  const nudge = event.shiftKey && target === lab.stage ? NUDGES[key] : undefined;
  if (nudge) lab.nudge(...nudge);
  else if (KEYS[key]) lab.clock.act(KEYS[key]);
  else if (key === "ArrowUp" || key === "ArrowDown") lab.selectNext(key === "ArrowUp" ? -1 : 1);
  else if (key === "+" || key === "=") lab.zoom(0.8);
  else if (key === "-") lab.zoom(1.25);
  else if (key === "0") lab.home();
  else if (PANS[key] && !lab.solid && !event.ctrlKey && !event.metaKey) lab.view.pan(...PANS[key]);
  else return;
  event.preventDefault();
}
