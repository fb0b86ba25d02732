// The browser's half of a page's address: one entry of the history for one move, and the buttons
// that copy the link and show its QR code.
//
// Takes { ready, large, lecture, figure, adds, said, heard }: whether the server knows already that the
// history is guarded, whether the type is large, what is shown in a hall, whether the view can be a
// scene, what came of it, and the id of the last draft that was handed in.
// Gives the trigger "ready" when it does not, and again until it does, as a request can be lost when
// another overtakes it; likewise "draft", what a closed window has left (draft.js); "lecture" when the
// hall is wanted, and "scene" when the view is to become one.

import { copy } from "./copy.js";
import { toHandIn } from "./draft.js";
import { followLink, followParts } from "./follow.js";
import { keepAtPauses } from "./pause.js";
import { present } from "./present.js";
import { say } from "./said.js";
import { share } from "./share.js";

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
    const link = new URL(url ?? "", location.href);
    const samePage = link.pathname === location.pathname;
    if (samePage && !fresh) history.replaceState(state, unused, url);
    else push(state, unused, url);
    if (!samePage) followLink(link);
    moved = performance.now(); // a slow answer is no pause of the one who moves
    fresh = false; // what follows belongs to the same move, or to the new page's arrival
  };
}

let enter = () => {}; // asks the server, by the newest of its messages
/** @type {(() => void) | undefined} */
let add; // does so, too, where the page can be a scene

function build(parent) {
  const root = document.createElement("div");
  root.className = "initopt-address";
  root.innerHTML = `<button type="button" class="lecture"
    title="The sentence and the figure alone, large, for a projector">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 3h18v2h-1v11h-7v1.6l3.5 3.4h-2.9L12 19.5 10.4
    21H7.5l3.5-3.4V16H4V5H3V3zm3 2v9h12V5H6zm2 7V9h2v3H8zm3 0V7h2v5h-2zm3 0v-4h2v4h-2z"/></svg>
    <span>Lecture</span></button>
    <button type="button" class="share"
    title="A QR code of what this page shows, large enough for a hall">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 11h8V3H3v8zm2-6h4v4H5V5zM3 21h8v-8H3v8zm2
    -6h4v4H5v-4zM13 3v8h8V3h-8zm6 6h-4V5h4v4zM13 13h2v2h-2zM15 15h2v2h-2zM13 17h2v2h-2zM17 17h2v2h-2z
    M19 19h2v2h-2zM15 19h2v2h-2zM17 13h2v2h-2zM19 15h2v2h-2z"/></svg><span>Share</span></button>
    <button type="button" class="copy" title="Copy the link to what this page shows">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.9 12a3.1 3.1 0 0 1 3.1-3.1h4V7H7a5 5 0 0
    0 0 10h4v-1.9H7A3.1 3.1 0 0 1 3.9 12zM8 13h8v-2H8v2zm9-6h-4v1.9h4a3.1 3.1 0 0 1 0 6.2h-4V17h4a5
    5 0 0 0 0-10z"/></svg><span class="say" aria-live="polite">Copy link</span></button>`;
  root.querySelector(".lecture").addEventListener("click", () => enter());
  root.querySelector(".share").addEventListener("click", () => share(root, add));
  /** @type {HTMLButtonElement} */
  const button = root.querySelector(".copy");
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
  present(data.lecture, data.figure);
  say(data.said);
  enter = () => setTriggerValue("lecture", true);
  add = data.adds ? () => setTriggerValue("scene", true) : undefined;
  guardHistory();
  followParts();
  keepAtPauses();
  if (!parentElement.querySelector(".initopt-address")) build(parentElement);
  clearTimeout(again);
  const left = toHandIn(data.heard);
  const tell = () => {
    if (!data.ready) setTriggerValue("ready", true);
    if (left) setTriggerValue("draft", left);
    again = setTimeout(tell, AGAIN_MS);
  };
  if (!data.ready || left) tell();
  return () => clearTimeout(again);
}
