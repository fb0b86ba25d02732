// One finger on the surface in three dimensions: sideways it turns the surface, up and down it
// scrolls the page, and what it does is settled by its first pixels. Two zoom, as the controls do.

export const SETTLED = 10; // pixels after which a finger has a direction

export class Finger {
  /** @param {(dx: number, dy: number) => void} turn by pixels that the finger has gone */
  constructor(turn) {
    this.turn = turn;
    /** @type {Map<number, [number, number]>} */
    this.down = new Map(); // where each finger was when it was last heeded
    this.turning = false;
  }

  /** @param {Element} element */
  watch(element) {
    /** @type {(act: "press" | "move" | "lift") => (e: any) => void} */
    const told = (act) => (e) => e.pointerType === "touch" && this[act](e.pointerId, e.clientX, e.clientY);
    element.addEventListener("pointerdown", told("press"));
    element.addEventListener("pointermove", told("move"));
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, told("lift"));
  }

  /** @param {number} id @param {number} x @param {number} y */
  press(id, x, y) {
    this.down.set(id, [x, y]);
    this.still = this.down.size > 1; // once there were two, no finger turns until all are lifted
    this.turning = false;
  }

  /** @param {number} id @param {number} x @param {number} y */
  move(id, x, y) {
    const before = this.down.get(id);
    if (!before || this.still) return;
    const dx = x - before[0], dy = y - before[1];
    if (!this.turning) {
      if (Math.hypot(dx, dy) < SETTLED) return;
      this.turning = Math.abs(dx) > Math.abs(dy);
      this.still = !this.turning;
    } else this.turn(dx, dy);
    this.down.set(id, [x, y]);
  }

  /** @param {number} id */
  lift(id) {
    this.down.delete(id);
    if (!this.down.size) this.still = false;
  }
}
