// When the view in three dimensions is made: as it is first asked for, or while the scene before it in
// a lecture is shown. three.js and what it draws with take longer than anything else a scene waits for.

import { Space, loadThree } from "./space.js";

const REST_MS = 1200; // after the last message

export class Landscape {
  /** @param {import("./surface_canvas.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.shaped = false; // as scene and field are now
    /** @type {ReturnType<typeof loadThree> | undefined} */
    this.loading = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {boolean} [ahead] whether nobody has asked for it yet: then nobody hears of an error */
  async make(ahead = false) {
    const { lab } = this;
    try {
      const three = await (this.loading ??= loadThree(lab.address));
      if (lab.space || !lab.root.isConnected) return;
      lab.space = new Space(lab.solidBox, lab, three);
      if (lab.eye) lab.space.lookFrom(lab.eye);
      lab.space.resize(lab.stage.clientWidth, lab.stage.clientHeight);
      lab.space.prepare();
      this.shaped = true;
    } catch (error) {
      this.loading = undefined;
      if (ahead) return;
      lab.solid = false;
      const { message: why } = /** @type {Error} */ (error);
      lab.note(`The 3-D view is not available: ${why}. The flat view shows the same.`);
    }
  }

  /** Give it the shape of the scene, where it is seen. */
  shape(anew = true) {
    if (anew) this.shaped = false;
    if (this.shaped || !this.lab.solid || !this.lab.space) return;
    this.lab.space.prepare();
    this.shaped = true;
  }

  /** Make it in a quiet moment, where the next scene of a lecture shows it. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const { lab } = this, said = document.documentElement.dataset;
      if (said.ahead !== "solid" || "held" in said || lab.solid || lab.space || !lab.field) return;
      await this.make(true);
      if (lab.solid || !lab.space) return;
      // The first picture is the slow one, and the browser makes it only where it is to be shown.
      Object.assign(lab.solidBox.style, { display: "block", opacity: "0.004", pointerEvents: "none" });
      lab.space.draw(0);
      setTimeout(() => { lab.solidBox.style.cssText = ""; }, 100);
    }, REST_MS);
  }

  end() { clearTimeout(this.timer); }
}
