// Scenes that are asked for. One question is on its way at a time; who presses on meanwhile asks for
// the last of them alone, so that nothing between is loaded, and none is lost.

const PATIENCE = 8000; // ms for which a scene that was asked for is waited for
const AGAIN = 2500; // ms after which a question without an answer is asked once more

export class Asked {
  /**
   * @param {(number: number) => void} tell asks the server for this scene
   * @param {() => boolean} busy whether an answer is being made
   */
  constructor(tell, busy) {
    this.tell = tell;
    this.busy = busy;
    this.lecture = "";
    this.number = 0; // what is wanted; 0 for what is no scene
    this.sent = 0; // what the server was asked for and has not shown yet
    this.at = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Something else is wanted. */
  none() { this.want("", 0, 0); }

  /**
   * @param {string} lecture
   * @param {number} number of the scene that is wanted
   * @param {number} now of the one that is shown
   */
  want(lecture, number, now) {
    if (lecture !== this.lecture || !number) this.sent = 0;
    Object.assign(this, { lecture, number, at: performance.now() });
    if (!number) clearTimeout(this.timer);
    else if (!this.sent) this.ask(now);
  }

  /** @param {number} now */
  ask(now) {
    clearTimeout(this.timer);
    this.sent = this.number;
    this.tell(this.number);
    const late = () => {
      if (this.busy()) this.timer = setTimeout(late, AGAIN);
      else if (this.waits(this.lecture, now)) this.ask(now);
      else this.sent = 0;
    };
    this.timer = setTimeout(late, AGAIN);
  }

  /**
   * A scene is there; whether it is the one that is wanted. If not, that is asked for now.
   * @param {string} lecture
   * @param {number} number
   */
  arrived(lecture, number) {
    clearTimeout(this.timer);
    this.sent = 0;
    if (!this.waits(lecture, number)) return true;
    this.ask(number);
    return false;
  }

  /**
   * Number of the scene that is on its way; 0 when none is.
   * @param {string} lecture that is shown
   * @param {number} number that is shown
   */
  waits(lecture, number) {
    const late = performance.now() - this.at > PATIENCE;
    return late || this.lecture !== lecture || this.number === number ? 0 : this.number;
  }
}
