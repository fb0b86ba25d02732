// What came of a press, told for a while in a corner of the window. Streamlit's own notes go with the
// next run of the script, however soon it comes.

const SHOWN_MS = 8000;
let timer;

/** @param {[string, string, boolean] | null} said its id, the words, whether something is wrong */
export function say(said) {
  if (!said) return;
  const [id, text, problem] = said;
  /** @type {HTMLElement} */
  const place = document.querySelector(".initopt-said") ?? document.body.appendChild(made());
  if (place.dataset.id === id) return; // every run brings it; a page may have its own copy of this script
  place.dataset.id = id;
  place.classList.toggle("problem", problem);
  // A voice reads what changes in a place that it knows already.
  setTimeout(() => { place.textContent = text; }, 50);
  clearTimeout(timer);
  timer = setTimeout(() => { place.textContent = ""; }, SHOWN_MS);
}

function made() {
  const place = document.createElement("p");
  place.className = "initopt-said";
  place.setAttribute("role", "status");
  place.addEventListener("click", () => { place.textContent = ""; });
  return place;
}
