// Pens for plots that have several lines to guess, one for each: the next stroke in a plot is the
// next line's. A pen that was pressed stays in hand until another is, as one does that a lecturer takes
// from the board: Adam is drawn in each of the plots, and once more where the first try was no good.

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./ink.js").Stroke} Stroke */

const NONE = "Draw your guess in a plot.", SEVERAL = "Draw a guess for each:";

export class Pens {
  /** @param {HTMLElement} hint the words before them stand in its first element */
  constructor(hint) {
    this.words = /** @type {HTMLElement} */ (hint.firstElementChild);
    this.row = document.createElement("span");
    this.row.className = "pens";
    this.words.after(this.row);
    this.next = 0;
    this.chosen = false; // by hand
    this.plot = 0; // in which was drawn last
    this.offered = "";
    /** @type {{ name: string, colour: string }[]} */
    this.lines = [];
  }

  /**
   * Offer the pens of these plots.
   * @param {Box[]} plots
   * @param {Stroke[]} strokes that are drawn already
   */
  offer(plots, strokes) {
    const [lines] = plots.map((box) => box.lines ?? []).sort((a, b) => b.length - a.length);
    const offered = JSON.stringify(lines ?? []);
    if (offered === this.offered) return;
    this.offered = offered;
    this.lines = lines ?? [];
    this.words.textContent = this.lines.length ? SEVERAL : NONE;
    this.row.replaceChildren(...this.lines.map(({ name, colour }, i) => {
      const made = document.createElement("button");
      made.type = "button";
      made.title = `The next line that is drawn is ${name} (${i + 1})`;
      made.style.setProperty("--pen", colour);
      made.textContent = name;
      made.addEventListener("click", (event) => {
        if (event.detail) made.blur(); // the next Enter reveals
        this.choose(i);
      });
      return made;
    }));
    this.anew(strokes);
  }

  /** @param {Stroke[]} strokes that are drawn now, other ones than before */
  anew(strokes) {
    this.plot = strokes.at(-1)?.plot ?? 0;
    this.chosen = false;
    this.next = this.free(this.plot, strokes);
    this.show();
  }

  /** What a screen reader hears of the pen in hand. */
  get said() { return `The pen of ${this.lines[this.next]?.name ?? "the guess"}`; }

  /**
   * Take a pen by hand; whether there is such a one.
   * @param {number} i
   */
  choose(i) {
    if (!this.lines[i]) return false;
    this.next = i;
    this.chosen = true;
    this.show();
    return true;
  }

  /**
   * Let a new stroke be of the line whose turn it is.
   * @param {Stroke} stroke
   * @param {Box[]} plots
   * @param {Stroke[]} strokes before it
   */
  give(stroke, plots, strokes) {
    const count = plots[stroke.plot]?.lines?.length ?? 0;
    if (!count) return;
    stroke.line = (this.chosen ? this.next : this.free(stroke.plot, strokes)) % count;
    this.plot = stroke.plot;
    if (!this.chosen) this.next = this.free(this.plot, [...strokes, stroke]);
    this.show();
  }

  /**
   * A stroke is taken back: its pen is in hand again.
   * @param {Stroke} stroke
   * @param {Stroke[]} strokes that are left
   */
  back(stroke, strokes) {
    this.plot = stroke.plot;
    if (!this.chosen) this.next = stroke.line ?? this.free(this.plot, strokes);
    this.show();
  }

  /**
   * The first line of a plot that nothing is drawn for; where all are, the one after the last.
   * @param {number} plot
   * @param {Stroke[]} strokes
   */
  free(plot, strokes) {
    const drawn = strokes.filter((one) => one.plot === plot && one.line !== undefined).map((one) => Number(one.line));
    const first = this.lines.findIndex((_, i) => !drawn.includes(i));
    return first >= 0 ? first : (Number(drawn.at(-1) ?? -1) + 1) % Math.max(this.lines.length, 1);
  }

  show() {
    for (const [i, one] of [...this.row.children].entries()) one.setAttribute("aria-pressed", String(i === this.next));
  }
}
