// Between two scenes of different pages the browser clears the page before the next figure is there.
// Meanwhile a copy of what was shown stays, so that the hall sees one picture, then the next.

const LONGEST = 4000; // ms that a copy stays at most
const STEADY = 2; // frames for which the next figure has to be there
const WORDS = ".initopt-sentence, .st-key-init-say p, .st-key-recorded-said p";

/** @type {HTMLElement | null} */
let held = null;
/** @type {WeakSet<Element>} */
let before = new WeakSet(); // what the copy was made of

/** @param {Element} e */
const seen = (e) => e.checkVisibility({ visibilityProperty: true });
const figures = () => [...document.querySelectorAll("[data-testid=stMain] canvas")].filter((e) => seen(e) && e.clientHeight > 100);

/**
 * @param {HTMLElement} copy
 * @param {Element} element where it lies in the window
 */
function lay(copy, element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  Object.assign(copy.style, {
    position: "absolute", margin: "0", left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`,
  });
}

/** @param {HTMLCanvasElement} canvas */
function picture(canvas) {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d")?.drawImage(canvas, 0, 0);
  return copy;
}

/** Keep a copy of the figures and the sentence; a cover and a guess lie on it as they did. */
export function hold() {
  release();
  const layer = document.createElement("div");
  layer.className = "initopt-held";
  layer.setAttribute("aria-hidden", "true");
  const drawn = [...document.querySelectorAll("[data-testid=stMain] canvas:not(.initopt-guess)")];
  for (const canvas of [...drawn, ...document.querySelectorAll("canvas.initopt-guess")]) { // a cover on top
    if (!(canvas instanceof HTMLCanvasElement) || !seen(canvas) || !canvas.width || !canvas.height) continue;
    const copy = picture(canvas);
    lay(copy, canvas);
    layer.append(copy);
  }
  if (!layer.childElementCount) return;
  for (const words of document.querySelectorAll(WORDS)) {
    if (!seen(words)) continue;
    const copy = /** @type {HTMLElement} */ (words.cloneNode(true));
    const { font, color, lineHeight } = getComputedStyle(words);
    Object.assign(copy.style, { font, color, lineHeight });
    lay(copy, words);
    layer.append(copy);
  }
  const page = document.querySelector("[data-testid=stApp]");
  if (page) layer.style.background = getComputedStyle(page).backgroundColor;
  held = layer;
  before = new WeakSet(figures());
  document.body.append(layer);
  setTimeout(() => { if (held === layer) release(); }, LONGEST); // no answer comes
}

export function release() {
  held?.remove();
  held = null;
}

/**
 * The next scene's line is there: its figure follows.
 * @param {boolean} other whether it is another figure than the one before
 */
export function next(other) {
  const mine = held;
  if (!mine) return;
  let steady = 0;
  const look = () => {
    if (held !== mine) return;
    const there = figures().some((e) => !other || !before.has(e));
    steady = there ? steady + 1 : 0;
    if (steady > STEADY) release();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
