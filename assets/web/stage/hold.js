// Between two scenes the browser clears the page, and its figures come one by one. Meanwhile a copy
// of what was shown stays above all of it, so that the hall sees one picture, then the next.

import { FIGURES } from "./boxes.js";

const LONGEST = 8000; // ms that a copy stays at most
const STEADY = 8; // frames for which the next figures have stayed as they are
const UNCHANGED = 1000; // ms after which figures that stay the same are taken for the next scene's
const STILL = ".initopt-still"; // pictures that are sent as such, with their words
const SHOWN = `${FIGURES}, ${STILL}`;
const WORDS = `.initopt-sentence, .st-key-init-say p, .st-key-recorded-said p, .surface-say, .sc-heading, .sc-bar > *,
  ${STILL} :is(h1, p, span, i, td, th, .lid), .sc-key > span, .basin-legend, .init-key, .bm-title, [data-testid=stHeading] :is(h2, h3)`;
const LINE = ":is(h1, p, span, button)"; // what the line at the top is made of

/** @type {HTMLElement | null} */
let held = null;
let last = 0; // timer
let shown = ""; // state of the figures that the copy was made of
let looks = 0; // of what follows the next figures, only the newest goes on
/** @type {HTMLElement | null} */
let counter = null; // the copy of the scene's number
/** @type {HTMLElement | null} */
let way = null; // a thin bar below the line: how far the lecture is

/** @param {Element} e */
const seen = (e) => e.checkVisibility({ visibilityProperty: true });
const page = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stApp]"));

/** Whether the server has not said all. */
export const running = () => /^(running|rerunRequested)$/.test(page()?.dataset.testScriptState ?? "");

/** @type {WeakMap<Element, number>} */
const numbers = new WeakMap();
let count = 0;

/** @param {Element} element the same number for the same one */
function numbered(element) {
  if (!numbers.has(element)) numbers.set(element, ++count);
  return numbers.get(element);
}

/**
 * Whether a figure shows what it was told to.
 * @param {HTMLElement} figure
 */
function whole(figure) {
  if (figure.matches(STILL)) return [...figure.querySelectorAll("img")].every((one) => one.complete && !one.dataset.src);
  if (!Number(figure.dataset.drawn)) return false;
  if (!figure.matches(".sc-root")) return true;
  const lab = /** @type {any} */ (figure.parentElement)?.__lab;
  if (!lab?.scene || (lab.scene.grid !== null && lab.pictured !== lab.scene.grid)) return false; // its map comes
  return Boolean(lab.solid) === lab.stage.classList.contains("sc-is-solid");
}

/**
 * The figures that are to be seen: whether all are whole, and a text that is another as soon as one
 * of them is.
 * @returns {{ ready: boolean, state: string }}
 */
function figures() {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(SHOWN)].filter(seen));
  const state = all.map((e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    const lab = /** @type {any} */ (e.parentElement)?.__lab;
    return [numbered(e), e.dataset.drawn, x, y, width, height, lab?.scene?.stamp, lab?.solid];
  });
  return { ready: all.length > 0 && all.every(whole), state: JSON.stringify(state) };
}

/**
 * @param {HTMLElement} copy
 * @param {Element} element where it lies in the window
 */
function lay(copy, element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  Object.assign(copy.style, {
    position: "absolute", margin: "0", boxSizing: "border-box",
    left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`,
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

/**
 * The same of an image, which keeps its shape in its box.
 * @param {HTMLImageElement} image
 */
function printed(image) {
  const copy = document.createElement("canvas"), { clientWidth: w, clientHeight: h } = image;
  copy.width = w * devicePixelRatio;
  copy.height = h * devicePixelRatio;
  const least = Math.min(copy.width / image.naturalWidth, copy.height / image.naturalHeight);
  const [wide, high] = [image.naturalWidth * least, image.naturalHeight * least];
  copy.getContext("2d")?.drawImage(image, (copy.width - wide) / 2, (copy.height - high) / 2, wide, high);
  copy.style.background = getComputedStyle(image).backgroundColor;
  return copy;
}

const LOOK = /** @type {const} */ (["font", "fontFamily", "fontSize", "fontWeight", "color", "lineHeight", "letterSpacing", "textAlign", "whiteSpace",
  "background", "border", "borderRadius", "boxShadow", "padding", "margin", "verticalAlign", "opacity", "overflow", "textOverflow",
  "display", "alignItems", "justifyContent", "gap", "minHeight", "fontVariantNumeric", "visibility",
  "accentColor", "appearance", "colorScheme", "fill", "stroke", "strokeWidth"]);
const SIZED = "svg, input, select, canvas"; // whose size is no matter of the words in them
const BEFORE = "::before"; // what a style draws before words, as a pen's swatch

/**
 * @param {HTMLElement} copy
 * @param {CSSStyleDeclaration} style
 * @param {boolean} [sized] whether it is as large, too
 */
function dress(copy, style, sized = false) {
  for (const name of LOOK) copy.style[name] = style[name];
  if (sized) Object.assign(copy.style, { width: style.width, height: style.height, boxSizing: style.boxSizing });
}

/**
 * Words as they look now, wherever their style comes from: it may go with the page.
 * @param {Element} words
 */
function written(words) {
  const copy = /** @type {HTMLElement} */ (words.cloneNode(true));
  const ones = [words, ...words.querySelectorAll("*")];
  /** @type {[HTMLElement, CSSStyleDeclaration][]} */
  const marks = [];
  for (const [i, one] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const before = getComputedStyle(ones[i], BEFORE), drawn = /** @type {HTMLElement} */ (one);
    dress(drawn, getComputedStyle(ones[i]), ones[i].matches(SIZED));
    if (one instanceof HTMLSelectElement) one.value = /** @type {HTMLSelectElement} */ (ones[i]).value;
    if (!["none", "normal"].includes(before.content)) marks.push([drawn, before]);
    for (const name of ["id", "data-testid", "title", "aria-live"]) one.removeAttribute(name);
    /** @type {HTMLElement} */ (one).tabIndex = -1;
  }
  for (const [one, style] of marks) {
    const mark = document.createElement("span");
    dress(mark, style, true);
    mark.textContent = /^"(.*)"$/.exec(style.content)?.[1] ?? "";
    one.prepend(mark);
  }
  copy.className = "";
  lay(copy, words);
  return copy;
}

/**
 * Keep a copy of the line at the top, the figures and the sentences; a cover and a guess lie on it as
 * they did. One that stays already stays on.
 * @param {HTMLElement} line at the top
 */
export function hold(line) {
  clearTimeout(last);
  last = setTimeout(release, LONGEST); // no answer comes
  looks++; // what is on its way is not what is wanted any more
  if (held) return;
  const layer = document.createElement("div");
  layer.className = "initopt-held";
  layer.setAttribute("aria-hidden", "true");
  const drawn = [...document.querySelectorAll("[data-testid=stMain] canvas:not(.initopt-guess)")];
  for (const canvas of [...drawn, ...document.querySelectorAll("canvas.initopt-guess")]) { // a cover on top
    if (!(canvas instanceof HTMLCanvasElement) || !seen(canvas) || !canvas.width || !canvas.height) continue;
    const copy = picture(canvas);
    lay(copy, canvas);
    if (canvas.matches(".initopt-guess")) copy.className = "initopt-held-guess";
    layer.append(copy);
  }
  for (const image of document.querySelectorAll(`${STILL} img`)) {
    if (!(image instanceof HTMLImageElement) || !seen(image) || !image.clientWidth || !image.naturalWidth) continue;
    const copy = printed(image);
    lay(copy, image);
    layer.append(copy);
  }
  for (const words of document.querySelectorAll(WORDS)) {
    if (seen(words) && !words.parentElement?.closest(WORDS)) layer.append(written(words));
  }
  const top = document.createElement("div"); // figures that are scrolled go below it
  lay(top, line);
  top.style.background = getComputedStyle(line).backgroundColor;
  layer.append(top);
  for (const part of line.querySelectorAll(`:scope > ${LINE}, :scope > .row > ${LINE}`)) {
    if (!seen(part)) continue;
    const copy = layer.appendChild(written(part));
    if (part.matches(".count")) counter = copy;
  }
  way = layer.appendChild(document.createElement("div"));
  way.className = "initopt-coming";
  way.style.top = `${line.getBoundingClientRect().bottom - 4}px`;
  const below = page();
  if (below) layer.style.background = getComputedStyle(below).backgroundColor;
  held = layer;
  shown = figures().state;
  document.documentElement.dataset.held = "yes";
  document.body.append(layer);
}

/**
 * Say on the copy which scene was asked for: it was heard, however late its figures are.
 * @param {number} number
 * @param {number} of so many
 */
export function coming(number, of) {
  if (!held || !way) return;
  way.style.width = `${(100 * number) / of}%`;
  if (!counter) return;
  counter.textContent = `${number} / ${of}`;
  Object.assign(counter.style, { padding: "0", background: "#4477aa", color: "#fff" });
}

/** Whether a copy is what the hall sees. */
export const holds = () => Boolean(held);

export function release() {
  clearTimeout(last);
  held?.remove();
  held = counter = way = null;
  delete document.documentElement.dataset.held;
}

/**
 * The next scene's line is there: its figures follow. The copy goes when the server has said all,
 * every figure is whole, and nothing has changed for some frames.
 */
export function next() {
  const mine = held;
  if (!mine) return;
  const turn = ++looks;
  let before = "", steady = 0, since = performance.now();
  const look = (/** @type {number} */ now) => {
    if (held !== mine || turn !== looks) return;
    const { ready, state } = figures();
    steady = ready && !running() && state === before ? steady + 1 : 0;
    if (!steady) since = now;
    before = state;
    // Messages may come a little after their end was told.
    const another = state !== shown || now - since > UNCHANGED;
    if (steady > STEADY && another) release();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
