// The speaker's notes: in a window of their own, to be put on the speaker's screen; over the page
// where browsers allow no such window.

import { pageColours } from "../shared/colours.js";

const STYLE = "font: 20px/1.45 sans-serif; margin: 1.2rem;";
const KEYS = "Page Down and Page Up lead on and back, Enter reveals: in this window, too.";

/**
 * What stands in the notes.
 * @param {Document} page
 * @param {any} scene
 */
function written(page, scene) {
  const part = (name, text) => Object.assign(page.createElement(name), { textContent: text });
  const all = [
    part("h1", `${scene.number} / ${scene.count}  ${scene.title}`),
    part("p", scene.notes || "This scene has no notes."),
  ];
  if (scene.question) all.splice(1, 0, part("h2", scene.question));
  all.push(part("p", scene.next ? `Next: ${scene.next}` : "This is the last scene."));
  all[0].style.cssText = all.at(-1).style.cssText = "font-size: 1rem; opacity: .75;";
  if (scene.question) all[1].style.cssText = "font-size: 1.1rem;";
  return all;
}

export class Notes {
  /**
   * @param {HTMLElement} parent
   * @param {(event: KeyboardEvent) => void} key hears the keys that are pressed there
   */
  constructor(parent, key) {
    this.parent = parent;
    this.key = key;
    /** @type {Window | null} */
    this.window = null;
    /** @type {HTMLElement | null} */
    this.over = null;
  }

  get open() { return Boolean(this.over || (this.window && !this.window.closed)); }

  /** @param {any} scene */
  toggle(scene) {
    if (this.open) return this.close();
    this.window = window.open("", "initopt-notes", "popup,width=640,height=520");
    if (this.window) {
      this.window.document.title = "Notes";
      this.window.document.documentElement.lang = "en";
      this.window.addEventListener("keydown", this.key);
    } else {
      this.over = document.createElement("aside");
      this.over.className = "notes";
      this.over.setAttribute("aria-label", "Notes");
      this.parent.append(this.over);
    }
    this.show(scene);
  }

  /** @param {any} scene */
  show(scene) {
    if (!this.open) return;
    if (this.over) this.over.replaceChildren(...written(document, scene));
    else {
      const page = this.window.document;
      const { ink, paper } = pageColours(this.parent); // a white one would dazzle in a dark hall
      page.body.style.cssText = `${STYLE} color: ${ink}; background: ${paper};`;
      const keys = Object.assign(page.createElement("p"), { textContent: KEYS });
      keys.style.cssText = "font-size: .85rem; opacity: .75;";
      page.body.replaceChildren(...written(page, scene), keys);
    }
  }

  close() {
    this.window?.close();
    this.over?.remove();
    this.window = this.over = null;
  }
}
