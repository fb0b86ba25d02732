// End points and this step's arithmetic, as tables on the lab's clock.

import { marker } from "../shared/canvas.js";
import { number } from "../shared/numbers.js";
import { setDash } from "./paths.js";

/** What stands at an end, and what that means. @type {[string, string][]} */
const SIGNS = [
  [" or ", "or: in float32 or in float64, since rounding decides"],
  ["≈", "≈: the digits on which float32 and float64 agree"],
];

const LINE = 56; // of a printed swatch, in pixels of its canvas

/**
 * An optimizer's mark in its colour, in print at the end of its line.
 * @param {{ color: string, shape: any, dash: number[] }} run
 * @param {boolean} [line]
 */
function swatch(run, line = false) {
  const made = document.createElement("canvas"), long = line ? LINE : 0;
  made.width = 28 + long;
  made.height = 28;
  made.className = "sc-swatch";
  if (line) made.style.width = `${made.width / 2}px`;
  const ctx = made.getContext("2d");
  if (!ctx) return made;
  ctx.fillStyle = ctx.strokeStyle = run.color;
  if (line) {
    ctx.lineWidth = 4;
    setDash(ctx, run, 2);
    ctx.beginPath();
    ctx.moveTo(0, 14);
    ctx.lineTo(5 + long, 14);
    ctx.stroke();
  }
  marker(ctx, run.shape, 14 + long, 14, 9);
  ctx.fill();
  return made;
}

// Who is which colour, where the table is tucked away: on a stage, and in a frame of another page.
export class Key {
  constructor(element, lab) {
    this.element = element;
    this.lab = lab;
  }

  prepare() {
    const { runs, printed } = this.lab.scene;
    const alike = new Set(runs.map((run) => run.label.replace(/ \d+$/, ""))).size < runs.length;
    this.element.replaceChildren(...runs.map((run) => {
      const one = document.createElement("span"), rate = run.values?.lr;
      one.append(swatch(run, printed || alike), rate === undefined ? run.label : `${run.label}, η ${number(rate)}`);
      return one;
    }));
  }
}

export class Table {
  constructor(element, lab) {
    this.element = element;
    this.lab = lab;
    element.addEventListener("click", (e) => {
      const row = e.target.closest("tr[data-run]");
      if (row) lab.select(Number(row.dataset.run));
    });
    element.addEventListener("keydown", (e) => {
      const row = e.target.closest("tr[data-run]");
      if (row && (e.key === "Enter" || e.key === " ")) {
        e.preventDefault();
        e.stopPropagation();
        lab.select(Number(row.dataset.run));
      }
    });
  }

  // Rows are made once for each message; afterwards only their numbers change.
  prepare() {
    const { scene } = this.lab;
    this.element.replaceChildren();
    const table = document.createElement("table"), columns = document.createElement("colgroup");
    columns.append(...Array.from({ length: 5 }, () => document.createElement("col"))); // their widths: the style
    table.append(columns);
    const head = table.createTHead().insertRow();
    this.headings = ["Optimizer", "", "End w₁, w₂", "End loss", "Outcome"].map((text) => {
      const th = document.createElement("th");
      th.scope = "col";
      th.textContent = text;
      head.append(th);
      return th;
    });
    const body = table.createTBody();
    this.rows = scene.runs.map((run, i) => {
      const row = body.insertRow();
      row.dataset.run = i;
      row.tabIndex = 0;
      const cells = Array.from({ length: 5 }, () => row.insertCell());
      const soft = document.createElement("span");
      soft.className = "sc-soft";
      soft.textContent = run.settings;
      cells[0].append(swatch(run), run.label, " ", soft);
      cells[0].title = `${run.label}: ${run.settings}`;
      const e = run.last;
      // The digits that hold, as the core has found them.
      cells[2].textContent = run.end ? `${run.end[0]}, ${run.end[1]}` : `${number(run.w1[e])}, ${number(run.w2[e])}`;
      cells[3].textContent = run.end ? run.end[2] : number(run.loss[e]);
      cells[4].textContent = run.outcome;
      cells[4].className = "sc-soft";
      return { row, cells };
    });
    const note = document.createElement("div");
    note.className = "sc-soft sc-approx";
    const ends = scene.runs.flatMap((run) => run.end ?? []);
    note.textContent = SIGNS.filter(([sign]) => ends.some((end) => end.includes(sign))).map(([, why]) => why).join("; ");
    this.element.append(table, note);
    this.at = null;
    this.chosen();
  }

  chosen() {
    this.rows?.forEach(({ row }, i) => {
      row.classList.toggle("sc-chosen", i === this.lab.selected);
      row.setAttribute("aria-selected", i === this.lab.selected);
    });
  }

  draw(t) {
    const step = Math.floor(t);
    if (this.at === step || !this.rows) return;
    this.at = step;
    this.headings[1].textContent = `Loss at ${step}`;
    this.lab.scene.runs.forEach((run, i) => {
      const { cells } = this.rows[i];
      cells[1].textContent = step > run.last ? "–" : number(run.loss[step]); // it has ended before
    });
  }
}

// Each line: [symbol, formula, template with {names}, result name]. Templates are filled with this
// step's numbers, one column for each weight.
export class Inspector {
  constructor(element, lab) {
    this.element = element;
    this.lab = lab;
  }

  prepare() {
    this.at = null;
  }

  number(run, name, k, i) {
    if (name === "t") return k + 1;
    if (name === "lr") return run.lr[k];
    if (name === "w") return i ? run.w2[k] : run.w1[k];
    if (name === "w+") return i ? run.w2[k + 1] : run.w1[k + 1];
    if (name === "g") return run.g[2 * k + i];
    if (name === "u") return run.u[2 * k + i];
    if (name.startsWith("1-")) return Number((1 - run.values[name.slice(2)]).toPrecision(12));
    if (name.endsWith("-")) return k ? run.memory[name.slice(0, -1)][2 * (k - 1) + i] : 0;
    if (name in run.memory) return run.memory[name][2 * k + i];
    return run.values[name];
  }

  fill(run, template, k, i) {
    return template.replace(/\{([^}]+)\}/g, (_, name) => {
      const text = number(this.number(run, name, k, i));
      return text.startsWith("−") ? `(${text})` : text;
    });
  }

  // What the step does beside what its optimizer can take: where it begins, and across it.
  stability(run, k) {
    const here = run.lr[k] * run.sharpness[k], value = run.limit[k];
    const limit = run.limitText === number(value) || !Number.isFinite(value)
      ? run.limitText : `${run.limitText} = ${number(value)}`;
    return `Stability, rate × curvature: ${number(here)} where the step begins, ` +
      `${number(run.thrown[k])} across it; limit ${limit}`;
  }

  draw(t) {
    const run = this.lab.scene.runs[this.lab.selected];
    if (!run || !this.element.isConnected) return;
    const k = Math.min(Math.floor(t), run.last - 1, this.lab.scene.steps - 1);
    const key = `${this.lab.selected}:${k}`;
    if (this.at === key) return;
    this.at = key;
    const title = document.createElement("div");
    title.className = "sc-heading";
    this.element.replaceChildren(title);
    if (k < 0) {
      title.textContent = run.gone ?? run.label;
      return;
    }
    title.textContent = `${run.label}, step ${k + 1} of ${this.lab.scene.steps}: what it computes`;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const text of ["", "", "for w₁", "for w₂"]) {
      const th = document.createElement("th");
      th.textContent = text;
      head.append(th);
    }
    const body = table.createTBody();
    for (const [symbol, formula, template, result] of run.lines) {
      const row = body.insertRow();
      row.insertCell().textContent = symbol;
      const f = row.insertCell();
      f.textContent = formula;
      f.className = "sc-soft";
      for (const i of [0, 1]) {
        const cell = row.insertCell();
        const value = number(this.number(run, result, k, i));
        const sum = template ? this.fill(run, template, k, i) : "";
        if (sum) {
          const span = document.createElement("span");
          span.className = "sc-soft";
          span.textContent = `${sum} = `;
          cell.append(span);
        }
        const strong = document.createElement("b");
        strong.textContent = value;
        cell.append(strong);
      }
    }
    const note = document.createElement("span");
    note.className = "sc-soft sc-note-line";
    note.textContent = this.stability(run, k);
    title.append(note);
    this.element.append(table);
  }
}
