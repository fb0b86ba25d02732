// What is typed in a scene's fields is kept at a pause. Streamlit does so for fields of one line
// ("live"); those of several lines it sends when they are left, or for Ctrl and Enter, as here. A
// window that is closed or loaded anew sends what it still holds.

const PAUSE_MS = 1000;
const FIELDS = ".st-key-scene-words :is(textarea, input[type=text])";

let waiting = 0; // of the timer; 0 when nothing waits
/** @type {HTMLElement | null} */
let field = null; // in which was typed last, and not sent since

function send() {
  clearTimeout(waiting);
  waiting = 0;
  field?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  field = null;
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
    if (target instanceof HTMLTextAreaElement) waiting = setTimeout(send, PAUSE_MS);
  });
  document.addEventListener("compositionstart", () => clearTimeout(waiting));
  document.addEventListener("focusout", () => { // Streamlit sends it then
    clearTimeout(waiting);
    field = null;
  });
  addEventListener("beforeunload", send);
}
