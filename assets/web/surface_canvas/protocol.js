// What the surface and the server say to each other; Python's half is
// initopt_core/figures/loss_surfaces/scene.py. Every message is a line of JSON, then float32s.
//
// In: a *grid* { kind: "grid", id, n, ranges } with n x n losses, and a *scene* { kind: "scene", … }
// with every run's paths (typedef Scene). A scene names its grid; either may come first.
//
// Out, each as a state of the component:
//   start  { run, x, y, n, done }     a start was moved; the scene that answers has `ack` >= n
//   zoom   { surface, home, zoom }    other ranges of the weights are shown
//   look   typedef Look               how it is shown now; only when the scene has an `initial`
//
// A scene's `initial` is a Look, of which anything may be missing. It is taken over when the
// element is new, and again when `wish` is another number than with the scene before (a link, Back,
// a reset).

/**
 * @typedef {object} Look how a scene is shown, beside what it shows
 * @property {number} [step] of the playback; the last one when it is missing
 * @property {number} [speed] of the playback, 1 for six seconds
 * @property {number} [selected] index of the chosen run
 * @property {boolean} [arrows]
 * @property {boolean} [solid] in three dimensions
 * @property {number[]} [eye] x, y, z of the camera in three dimensions
 * @property {import("./field.js").Ranges} [zoom] the ranges shown, where they are not home; in only
 */

/**
 * @typedef {object} RunHead
 * @property {string} label
 * @property {string} settings
 * @property {string} color
 * @property {number[]} dash
 * @property {string} shape
 * @property {Record<string, any>} values
 * @property {[string, string, string, string][]} lines symbol, formula, template, result of each
 * @property {string[]} kept names of what the optimizer keeps
 * @property {boolean} divides
 * @property {number | null} diverged the step at which it did
 * @property {string | null} gone what stands beside the end of a path that could not go on
 * @property {string} outcome
 * @property {string[] | null} end digits that hold
 * @property {string} limitText
 */

/**
 * @typedef {object} Paths of T steps; gradients and the like have two numbers a step
 * @property {Float32Array} w1 T + 1
 * @property {Float32Array} w2
 * @property {Float32Array} loss
 * @property {Float32Array} g gradient
 * @property {Float32Array} u update
 * @property {Float32Array} lr
 * @property {Float32Array} sharpness
 * @property {Float32Array} meter
 * @property {Float32Array} thrown
 * @property {Float32Array} throw
 * @property {Float32Array} limit
 * @property {Float32Array | null} denominator
 * @property {Record<string, Float32Array>} memory
 * @property {number} last step that can be drawn
 * @property {Float64Array} distance from the nearest minimum, T + 1
 */

/** @typedef {RunHead & Paths} Run */

/**
 * @typedef {object} Scene
 * @property {string} kind
 * @property {string} key
 * @property {string} stamp
 * @property {string} grid id
 * @property {string} surface
 * @property {string} title
 * @property {import("./field.js").Ranges} home the ranges shown at first
 * @property {{ run: number, x: number, y: number }[]} starts that can be dragged, if any; run -1 is all runs'
 * @property {string} color "linear" or "log"
 * @property {number} ack
 * @property {string} alt
 * @property {number} steps
 * @property {Run[]} runs
 * @property {[number, number, number][]} minima
 * @property {number | null} lowest
 * @property {[number, number][]} saddles
 * @property {number} floor
 * @property {Look} [initial]
 * @property {number} [wish]
 * @property {boolean} [printed] paths on the surface have their dashes and a wide white edge
 */

/**
 * @param {unknown} data
 * @returns {{ head: any, floats: Float32Array } | null}
 */
export function read(data) {
  if (!(data instanceof Uint8Array)) return null;
  const cut = data.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(data.subarray(0, cut)));
  // Floats must begin at a multiple of four bytes, which the text in front need not respect.
  return { head, floats: new Float32Array(data.slice(cut + 1).buffer) };
}

/**
 * The scene with every run's floats in their places.
 * @param {{ head: any, floats: Float32Array }} message
 * @returns {Scene}
 */
export function unpack({ head, floats }) {
  let at = 0;
  /** @type {(n: number) => Float32Array} */
  const take = (n) => floats.subarray(at, (at += n));
  for (const run of head.runs) unpackRun(run, head, take);
  return head;
}

/**
 * @param {Run} run
 * @param {Scene} scene
 * @param {(n: number) => Float32Array} take
 */
function unpackRun(run, { steps, minima }, take) {
  for (const name of /** @type {const} */ (["w1", "w2", "loss"])) run[name] = take(steps + 1);
  for (const name of /** @type {const} */ (["g", "u"])) run[name] = take(2 * steps);
  for (const name of /** @type {const} */ (["lr", "sharpness", "meter", "thrown", "throw", "limit"])) {
    run[name] = take(steps);
  }
  run.denominator = run.divides ? take(2 * steps) : null;
  run.memory = Object.fromEntries(run.kept.map((name) => [name, take(2 * steps)]));
  run.last = run.diverged === null ? steps : Math.max(run.diverged - 1, 0);
  const goals = minima.length ? minima : [[run.w1[0], run.w2[0]]];
  run.distance = Float64Array.from({ length: steps + 1 }, (_, k) =>
    Math.min(...goals.map(([x, y]) => Math.hypot(run.w1[k] - x, run.w2[k] - y))));
}

/** Grids by their id, the newest few. */
export class Grids {
  constructor(most = 8) {
    this.most = most;
    /** @type {Map<string, { n: number, ranges: import("./field.js").Ranges, values: Float32Array }>} */
    this.kept = new Map();
  }

  /** @param {{ head: any, floats: Float32Array }} message */
  keep({ head, floats }) {
    this.kept.delete(head.id);
    this.kept.set(head.id, { n: head.n, ranges: head.ranges, values: floats });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.most) break;
      this.kept.delete(oldest);
    }
  }

  /** @param {string} id */
  get(id) {
    return this.kept.get(id);
  }
}

const REST_MS = 400; // after the last change, before a look is told

/** Tells the server how a scene is shown, and takes over what the server wants. */
export class Looks {
  /**
   * @param {(look: Look) => void} tell
   * @param {() => boolean} [busy] whether it is to wait
   */
  constructor(tell, busy = () => false) {
    this.tell = tell;
    this.busy = busy;
    this.on = false;
    this.wish = NaN; // number of the newest `initial` that was taken over
    this.told = ""; // the newest look that was told
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * The look to take over with this scene, or null.
   * @param {Scene} scene
   */
  wanted({ initial, wish = 0 }) {
    this.on = initial !== undefined && initial !== null;
    if (!initial || wish === this.wish) return null;
    this.wish = wish;
    this.told = ""; // what it told before is not what is shown now
    return initial;
  }

  /**
   * After a moment's rest: what is told is the look of then.
   * @param {() => Look} look
   */
  changed(look) {
    if (!this.on) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.busy()) return this.changed(look);
      const now = look(), text = JSON.stringify(now);
      if (text === this.told) return;
      this.told = text;
      this.tell(now);
    }, REST_MS);
  }

  end() {
    clearTimeout(this.timer);
  }
}
