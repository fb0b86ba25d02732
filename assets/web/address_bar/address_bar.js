// The browser's half of a page's address: one entry of the history for one move, and the button
// that copies the link.
//
// Takes { ready, large }: whether the server knows already that the history is guarded, and whether
// the type is large.
// Gives the trigger "ready" when it does not, and again until it does: a request can be lost when
// another overtakes it.

import { followParts } from "./follow.js";

const AGAIN_MS = 2000; // between two times of saying "ready"
const PAUSE_MS = 1000; // between two moves of a control that Back tells apart

/** Let changes of the same page's link replace its entry, save the first of every move. */
function guardHistory() {
  /** @type {any} */
  const page = globalThis; // one mark for all copies of this script
  if (page.initoptGuarded) return;
  page.initoptGuarded = true;
  const push = history.pushState.bind(history);
  let moved = -Infinity;
  let fresh = false; // a move has begun that has no entry yet
  const note = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    if (event.type === "keydown" && (event.altKey || event.metaKey)) return; // Back by keyboard
    fresh ||= event.timeStamp - moved > PAUSE_MS;
    moved = event.timeStamp;
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "input"]) {
    addEventListener(kind, note, { capture: true, passive: true });
  }
  addEventListener("popstate", () => { fresh = false; }, { capture: true });
  history.pushState = (state, unused, url) => {
    const samePage = new URL(url ?? "", location.href).pathname === location.pathname;
    if (samePage && !fresh) history.replaceState(state, unused, url);
    else push(state, unused, url);
    moved = performance.now(); // a slow answer is no pause of the one who moves
    fresh = false; // what follows belongs to the same move, or to the new page's arrival
  };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no permission, or not a secure address, where browsers offer only the old way
    const box = document.createElement("textarea");
    box.value = text;
    box.style.cssText = "position:fixed;opacity:0";
    document.body.appendChild(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "initopt-address";
  root.innerHTML = `<button type="button" title="Copy the link to what this page shows">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.9 12a3.1 3.1 0 0 1 3.1-3.1h4V7H7a5 5 0 0
    0 0 10h4v-1.9H7A3.1 3.1 0 0 1 3.9 12zM8 13h8v-2H8v2zm9-6h-4v1.9h4a3.1 3.1 0 0 1 0 6.2h-4V17h4a5
    5 0 0 0 0-10z"/></svg><span class="say" aria-live="polite">Copy link</span></button>`;
  const button = root.querySelector("button");
  const say = root.querySelector(".say");
  let timer;
  button.addEventListener("click", async () => {
    const done = await copy(location.href);
    button.focus();
    say.textContent = done ? "Copied" : "Copy it from the address";
    clearTimeout(timer);
    timer = setTimeout(() => { say.textContent = "Copy link"; }, 2000);
  });
  parent.appendChild(root);
}

let again; // one bar on a page

export default function ({ parentElement, data, setTriggerValue }) {
  document.documentElement.dataset.type = data.large ? "large" : "usual"; // for style sheets
  guardHistory();
  followParts();
  if (!parentElement.querySelector(".initopt-address")) build(parentElement);
  clearTimeout(again);
  const tell = () => {
    setTriggerValue("ready", true);
    again = setTimeout(tell, AGAIN_MS);
  };
  if (!data.ready) tell();
  return () => clearTimeout(again);
}
