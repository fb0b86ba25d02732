// The dialog that shows a view's QR code, as large as the window, and its link.

import { copy } from "./copy.js";
import { codeOf, sharedLink } from "./link.js";

const HERE = /^(localhost|127\.[\d.]+|\[::1\])$/;
const ALONE = "Only this computer can open it: first open the page by the computer's name in the network.";
const GUESS = "The answer is covered there, too: who opens it can draw a guess.";

/** @param {string} text */
const label = (text) => Object.assign(document.createElement("span"), { textContent: text });

/**
 * Open it over the page; it is gone when it is closed.
 * @param {HTMLElement} parent whose colours and font it has
 * @param {() => void} [add] makes the view a scene of the own lecture
 */
export function share(parent, add) {
  // A link to the view alone would show the answer.
  const covered = Boolean(document.documentElement.dataset.covered);
  const link = covered ? location.href : sharedLink(location.href);
  const dialog = document.createElement("dialog");
  dialog.className = "initopt-share";
  dialog.setAttribute("aria-label", "Share this view");

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
  const scene = document.createElement("button");
  scene.type = "button";
  scene.title = "Make this view the last scene of your lecture";
  scene.append(label("Add as a scene"));
  scene.addEventListener("click", () => {
    dialog.close();
    add?.();
  });
  row.append(text, copied, ...(add ? [scene] : []), close);

  const notes = [covered ? GUESS : "", HERE.test(location.hostname) ? ALONE : ""].filter(Boolean);
  dialog.append(code, row, ...notes.map((note) => Object.assign(document.createElement("p"), { textContent: note })));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the browser closes it later: the next key would still be the dialog's
    dialog.close();
    dialog.remove();
  });
  parent.append(dialog);
  dialog.showModal();
  copied.focus();
}
