// The line at the top of a page in a hall: what is shown, the next scene, and the way out.
//
// Takes { title, shows, adds }, the figure that fills the window and whether the view can be a scene,
// and, for a scene, { lecture, page, figure, question, notes, hides, number, count, next, ahead, mark };
// for a list of all scenes the number is 0. The page shows no figure of a scene that hides until its mark is
// known here (present.py).
// Gives the triggers "leave", "go", the number of the scene that is wanted, "agenda" when all are,
// "figure" and "page", the names of what is wanted, and "add" when the view is to become a scene.

import { share } from "../address_bar/share.js";
import { Asked } from "./asked.js";
import { controls } from "./controls.js";
import { Guess } from "./guess.js";
import { coming, hold, holds, next, release, running } from "./hold.js";
import { heldBy, meaning, swipe } from "./keys.js";
import { Notes } from "./notes.js";
import { inTurn } from "./pictures.js";

/** @type {WeakMap<Element, Bar>} */
const bars = new WeakMap();
/** @type {Bar | null} */
let newest = null; // of two, while one takes the other's place
const WAYS = "a[data-scene], a[data-shows], a[data-page]"; // of the page: what they name is asked for
const MAIN = "[data-testid=stMain]";
/** A bar is made anew where the page is another. */
const asked = new Asked((number) => newest?.tell("go", number), running);

/**
 * @param {string} text
 * @param {string} title what it does, and its key
 * @param {() => void} act
 */
function button(text, title, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = title;
  made.addEventListener("click", (event) => {
    if (event.detail) made.blur(); // by hand: the next Enter is for the scene, not for this button again
    act();
  });
  return made;
}

class Bar {
  /** @param {Element} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {any} */
    this.scene = {};
    this.leave = () => {};
    this.tell = (/** @type {string} */ _name, /** @type {unknown} */ _value) => {};
    newest = this;
    this.fresh = true;
    this.build();
    this.guess = new Guess(this.root, this.hint, (covered, drawn, undoes) => this.coveredNow(covered, drawn, undoes));
    this.pictures = inTurn();
    this.notes = new Notes(this.root, (event) => this.key(event));
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event);
    this.touched = (/** @type {any} */ event) => this.touch(event);
    // Figures that are scrolled come below the line that says what to do.
    this.clicked = (/** @type {MouseEvent} */ event) => this.click(event);
    document.addEventListener("click", this.clicked);
    this.scrolled = () => this.root.classList.toggle("over", Number(document.querySelector(MAIN)?.scrollTop) > 8);
    document.addEventListener("scroll", this.scrolled, { capture: true, passive: true });
    // Before a slider of the page sees Page Up and Page Down.
    document.addEventListener("keydown", this.keys, { capture: true });
    for (const kind of ["touchstart", "touchend"]) document.addEventListener(kind, this.touched, { passive: true });
  }

  build() {
    this.root = document.createElement("header");
    this.root.className = "initopt-stage";
    this.title = document.createElement("h1");
    this.question = document.createElement("p");
    this.question.setAttribute("aria-live", "polite");
    this.back = button("‹", "The scene before (←, Page Up)", () => this.go(-1));
    this.count = button("", "All scenes of this lecture", () => this.wait("agenda", true));
    this.count.className = "count";
    this.next = button("›", "The next scene (→, Page Down)", () => this.go(1));
    this.back.setAttribute("aria-label", "The scene before");
    this.next.setAttribute("aria-label", "The next scene");
    this.reveal = button("Reveal", "Show the answer, or cover it again (Enter)", () => this.act("reveal"));
    this.reveal.className = "first";
    this.note = button("Notes", "The speaker's notes, in a window of their own", () => this.notes.toggle(this.scene));
    this.controls = button("Controls", "Show or tuck away the controls (C)", () => this.tuck());
    const code = button("Share", "A QR code of what this page shows", () =>
      share(this.root, this.adds(), this.scene.number ? { hides: Boolean(this.scene.hides) } : undefined));
    const out = button("Leave", "Leave lecture mode", () => this.leave());
    const row = document.createElement("div");
    row.className = "row";
    this.black = document.createElement("div");
    this.black.className = "black";
    this.black.addEventListener("click", () => this.black.remove());
    row.append(this.title, this.back, this.count, this.next, this.reveal, this.note, this.controls, code, out);
    this.hint = document.createElement("p");
    this.hint.className = "hint";
    const swipes = Object.assign(document.createElement("span"), {
      className: "swipes", textContent: "⟷ Swipe above the plots: another scene" });
    this.undo = button("Undo", "Take back the last line of your guess (Backspace, Ctrl+Z)", () => this.act("undo"));
    this.clear = button("Clear", "Take all lines of your guess away (Shift+Backspace); Undo brings them back", () => this.act("clear"));
    this.taking = document.createElement("span");
    this.taking.className = "taking";
    this.taking.append(this.undo, this.clear);
    row.append(this.taking);
    this.hint.append(document.createElement("span"), swipes);
    this.root.append(row, this.question, this.hint);
    this.parent.append(this.root);
    // Title and question may take more lines than the page leaves them.
    this.sized = new ResizeObserver(() => {
      document.documentElement.style.setProperty("--told", `${this.root.offsetHeight}px`);
    });
    this.sized.observe(this.root);
  }

  /** @param {any} component */
  update({ data, setTriggerValue }) {
    this.leave = () => setTriggerValue("leave", true);
    this.tell = setTriggerValue;
    const figure = data.shows !== this.scene.shows;
    const other = data.number !== this.scene.number || data.lecture !== this.scene.lecture;
    this.scene = data;
    if (other || this.fresh) this.arrived();
    else if (figure) next();
    this.fresh = false;
    this.title.textContent = data.title;
    this.controls.setAttribute("aria-pressed", String(controls.shown()));
  }

  /** Another scene is there. */
  arrived() {
    const { number, count, question } = this.scene;
    const said = document.documentElement.dataset;
    if (number) said.scene = String(number);
    else delete said.scene;
    if (this.scene.hides) said.hides = "yes"; // a plain sheet is the cover of what has no plots
    else delete said.hides;
    if (this.scene.ahead) said.ahead = this.scene.ahead; // what a figure makes ready
    else delete said.ahead;
    this.question.textContent = question ?? "";
    for (const part of [this.back, this.count, this.next, this.note]) part.hidden = !number;
    this.count.textContent = number ? `${number} / ${count}` : "";
    this.back.disabled = number === 1;
    this.next.disabled = number === count;
    this.reveal.hidden = !this.scene.hides;
    this.guess.begin(Boolean(this.scene.hides), [this.scene.lecture, number, this.scene.title].join("\n"));
    said.met = this.scene.mark ?? ""; // from now on the cover has the say
    if (asked.arrived(this.scene.lecture, number)) next();
    this.notes.show(this.scene);
  }

  /** Number of the scene that is on its way; 0 when none is. */
  awaited() {
    return asked.waits(this.scene.lecture, this.scene.number);
  }

  /**
   * @param {boolean} covered
   * @param {boolean} drawn whether there is a guess
   * @param {boolean} undoes whether one was there, too
   */
  coveredNow(covered, drawn, undoes) {
    this.reveal.textContent = covered ? "Reveal" : "Cover";
    this.taking.hidden = !this.scene.hides;
    // They keep their places: nothing moves when they come or go.
    this.undo.classList.toggle("idle", !covered || !undoes);
    this.clear.classList.toggle("idle", !covered || !drawn);
  }

  /** What makes the view a scene, where it can be one: what is covered is one already. */
  adds() {
    return this.scene.adds && !this.guess.covered ? () => this.tell("add", true) : undefined;
  }

  /**
   * Ask for something; what is shown stays until it is there.
   * @param {string} name of the trigger
   * @param {unknown} value
   */
  wait(name, value) {
    hold(this.root);
    asked.none();
    this.tell(name, value);
  }

  /**
   * To another scene. Who presses thrice goes on by three, however slow the answers are.
   * @param {number} wanted
   */
  lead(wanted) {
    const { lecture, number, count } = this.scene;
    hold(this.root);
    coming(wanted, count);
    asked.want(lecture, wanted, number);
  }

  /** @param {MouseEvent} event on a way of the page to a scene, a figure or another page */
  click(event) {
    const way = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest(WAYS)) : null;
    const other = event.ctrlKey || event.metaKey || event.shiftKey || event.button; // a tab of its own
    if (!way || other) return;
    event.preventDefault();
    const { scene, shows, page } = way.dataset;
    if (scene) this.lead(Number(scene));
    else if (shows) this.wait("figure", shows);
    else this.wait("page", page);
  }

  /** @param {number} by */
  go(by) {
    const { number, count } = this.scene;
    if (!number && !count) return this.turn(by);
    const from = this.awaited() || number;
    const wanted = Math.min(Math.max(from + by, 1), count);
    if (wanted === from || (!number && by < 0)) return;
    this.lead(wanted);
  }

  /**
   * To the figure before or after, where one of several fills the window.
   * @param {number} by
   */
  turn(by) {
    const { before, after } = /** @type {HTMLElement | null} */ (document.querySelector(".course-slide"))?.dataset ?? {};
    const name = by > 0 ? after : before;
    if (name && !holds()) this.wait("figure", name);
  }

  /** A black window, as a presenter's remote asks for it; the next key brings the page back. */
  darken() {
    release(); // it would lie above
    if (this.black.isConnected) this.black.remove();
    else this.root.append(this.black);
  }

  tuck() {
    this.controls.setAttribute("aria-pressed", String(controls.toggle()));
  }

  /** @param {ReturnType<typeof meaning>} act */
  act(act) {
    if (act === "controls") this.tuck();
    else if (act === "black") this.darken();
    else if (act === "reveal" && this.scene.hides && !this.awaited() && !holds()) this.guess.toggle();
    else if (act === "undo" || act === "clear") return !holds() && this.guess[act]();
    else if (act === "next" || act === "back") this.go(act === "next" ? 1 : -1);
    else if (act === "out") return this.out();
    else return false;
    return true;
  }

  /** Out of what was opened last: the controls, or the list of scenes; whether there was something. */
  out() {
    const from = /** @type {HTMLElement | null} */ (document.querySelector(".agenda [aria-current]"));
    if (controls.shown()) this.tuck();
    else if (from && !this.awaited()) this.lead(Number(from.dataset.scene));
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented) return;
    if (this.black.isConnected && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) {
      this.black.remove();
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const act = meaning(event, event.target instanceof Element ? event.target : null);
    const moves = act === "next" || act === "back";
    const walks = this.scene.count || document.querySelector(".course-slide");
    if (!act || (moves && !walks) || !this.act(act)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {TouchEvent} event */
  touch(event) {
    const { clientX: x, clientY: y } = event.changedTouches[0];
    if (event.type === "touchstart") {
      const free = event.touches.length === 1 && event.target instanceof Element && !event.target.closest(heldBy(this.guess.covered));
      const wide = event.target instanceof Element && event.target.closest(".course-picture");
      const scrolls = wide && wide.scrollWidth > wide.clientWidth + 1; // by this finger
      this.finger = free && !scrolls ? { x, y } : null;
    } else if (this.finger) {
      this.act(swipe(x - this.finger.x, y - this.finger.y));
      this.finger = null;
    }
  }

  end() {
    document.removeEventListener("keydown", this.keys, { capture: true });
    document.removeEventListener("click", this.clicked);
    document.removeEventListener("scroll", this.scrolled, { capture: true });
    for (const kind of ["touchstart", "touchend"]) document.removeEventListener(kind, this.touched);
    this.notes.close();
    this.pictures();
    this.guess.end();
    this.sized.disconnect();
    if (newest === this) {
      document.documentElement.style.removeProperty("--told");
      for (const name of ["scene", "covered", "hides", "met", "ahead"]) delete document.documentElement.dataset[name];
    }
    this.root.remove();
    bars.delete(this.parent);
  }
}

export default function (component) {
  const { parentElement } = component;
  let bar = bars.get(parentElement);
  if (!bar) bars.set(parentElement, (bar = new Bar(parentElement)));
  bar.update(component);
  const made = bar;
  // Streamlit also calls this before every update; only a real end counts.
  return () => setTimeout(() => { if (!parentElement.isConnected) made.end(); }, 0);
}
