// The dialog that shows a view's QR code, as large as the window, and its link.

import { copy } from "./copy.js";
import { codeOf, sceneLink, sharedLink } from "./link.js";

const HERE = /^(localhost|127\.[\d.]+|\[::1\])$/;
const ALONE = "Only this computer can open it: first open the page by the computer's name in the network.";
const GUESS = "The answer is covered there, too: who opens it can draw a guess.";

/** @param {string} text */
const label = (text) => Object.assign(document.createElement("span"), { textContent: text });

/**
 * Open it over the page; it is gone when it is closed.
 * @param {HTMLElement} parent whose colours and font it has
 * @param {() => void} [add] makes the view a scene of the own lecture
 * @param {{ hides: boolean }} [scene] that is shown, if one is: it is what is shared, with its title and
 *   its question, unless the view alone is asked for
 */
export function share(parent, add, scene) {
  const dialog = document.createElement("dialog");
  dialog.className = "initopt-share";
  dialog.setAttribute("aria-label", "Share this view");
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the browser closes it later: the next key would still be the dialog's
    dialog.close();
    dialog.remove();
  });
  fill(dialog, Boolean(scene), add, scene);
  parent.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector(".copy"))?.focus();
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {boolean} whole whether the link leads to the scene, not to its view alone
 * @param {() => void} [add]
 * @param {{ hides: boolean }} [scene]
 */
function fill(dialog, whole, add, scene) {
  // A link to the view alone would show the answer.
  const covered = Boolean(document.documentElement.dataset.covered);
  const link = whole || covered ? sceneLink(location.href) : sharedLink(location.href);
  const code = document.createElement("div");
  code.className = "code";
  const picture = document.createElement("img");
  picture.alt = `QR code of ${link}`;
  picture.addEventListener("error", async () => {
    const answer = await fetch(picture.src).catch(() => null);
    const why = answer?.status === 400 ? await answer.text() : "The server did not draw the code.";
    const told = document.createElement("p");
    told.textContent = why;
    code.replaceChildren(told);
  });
  picture.src = codeOf(link, location.href);
  code.append(picture);

  const row = document.createElement("div");
  row.className = "row";
  const text = document.createElement("input");
  text.readOnly = true;
  text.value = link;
  text.setAttribute("aria-label", "Link to this view");
  text.addEventListener("focus", () => text.select());
  const copied = document.createElement("button");
  copied.type = "button";
  copied.className = "copy";
  const say = label("Copy link");
  say.setAttribute("aria-live", "polite");
  copied.append(say);
  copied.addEventListener("click", async () => {
    say.textContent = (await copy(link)) ? "Copied" : "Copy it from the box";
  });
  const close = document.createElement("button");
  close.type = "button";
  close.append(label("Close"));
  close.addEventListener("click", () => dialog.close());
  const own = document.createElement("button");
  own.type = "button";
  own.title = "Make this view the last scene of your lecture";
  own.append(label("Add as a scene"));
  own.addEventListener("click", () => {
    dialog.close();
    add?.();
  });
  const other = document.createElement("button");
  other.type = "button";
  other.append(label(whole ? "The view alone" : "The scene"));
  other.title = whole ? "A link to the page with all its controls, out of the lecture" : "A link to the scene of the lecture";
  other.addEventListener("click", () => {
    fill(dialog, !whole, add, scene);
    /** @type {HTMLElement | null} */ (dialog.querySelector(".other"))?.focus();
  });
  other.className = "other";
  row.append(text, copied, ...(scene && !covered ? [other] : []), ...(add ? [own] : []), close);

  const hides = covered || (whole && scene?.hides);
  const notes = [hides ? GUESS : "", HERE.test(location.hostname) ? ALONE : ""].filter(Boolean);
  dialog.replaceChildren(code, row, ...notes.map((note) => Object.assign(document.createElement("p"), { textContent: note })));
}
