// What is typed in a lecture's fields is kept at a pause. Streamlit does so for fields of one line
// ("live"); those of several lines it sends when they are left, or for Ctrl and Enter, as here. A
// window that is closed, loaded anew or put away sends what it still holds; see draft.js.

export const PAUSE_MS = 1000;
export const FIELDS = ":is(.st-key-scene-words, .st-key-_lecture_title) :is(textarea, input[type=text])";

let waiting = 0; // of the timer; 0 when nothing waits
/** @type {HTMLElement | null} */
let field = null; // in which was typed last, and not sent since
let told = () => {};

/** What is done when a field's text has been sent, by whomever. */
export function whenSent(act) {
  told = act;
}

function send() {
  clearTimeout(waiting);
  waiting = 0;
  if (!field) return;
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  field = null;
  told();
}

function paused() {
  if (field instanceof HTMLTextAreaElement) send();
  else if (field) told(); // Streamlit has sent it
}

export function keepAtPauses() {
  /** @type {any} */
  const page = globalThis; // one mark for all copies of this script
  if (page.initoptPauses) return;
  page.initoptPauses = true;
  document.addEventListener("input", (event) => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || !target.matches(FIELDS)) return;
    clearTimeout(waiting);
    field = target;
    waiting = setTimeout(paused, PAUSE_MS);
  });
  document.addEventListener("compositionstart", () => clearTimeout(waiting));
  document.addEventListener("focusout", () => { // Streamlit sends it then
    clearTimeout(waiting);
    if (field) told();
    field = null;
  });
  addEventListener("beforeunload", send);
  addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => document.hidden && send()); // a phone's way
}
