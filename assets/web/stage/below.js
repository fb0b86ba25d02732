// Says on a phone that something lies below the window, until it is scrolled to; while plots are
// covered, on every screen and how many.

import { PHONE } from "../live_chart/layout.js";
import { plots } from "./boxes.js";

const END = 24; // pixels that are the page's edge, and nothing to see

/**
 * What is said.
 * @param {{ phone: boolean, covered: boolean, plots: number, rest: number }} seen whether there are a phone
 *   and a cover; how many plots, and how many pixels of the page, are below the window
 */
export function wording({ phone, covered, plots: count, rest }) {
  if (count && (covered || (phone && rest > END))) return `↓ ${count} more below`;
  return phone && rest > END ? "↓ more below" : "";
}

export class Below {
  /** @param {() => boolean} covered whether there is a cover now */
  constructor(covered) {
    this.covered = covered;
    this.place = document.createElement("div");
    this.place.className = "more";
    this.place.setAttribute("aria-hidden", "true");
    this.frame = 0;
    this.look = () => {
      this.frame ||= requestAnimationFrame(() => this.tell());
    };
    for (const kind of ["scroll", "resize"]) addEventListener(kind, this.look, { capture: true, passive: true });
    this.sized = new ResizeObserver(this.look);
    for (const e of document.querySelectorAll("[data-testid=stMain], [data-testid=stMainBlockContainer]")) this.sized.observe(e);
  }

  tell() {
    this.frame = 0;
    const main = document.querySelector("[data-testid=stMain]");
    const rest = main ? main.scrollHeight - main.clientHeight - main.scrollTop : 0;
    const phone = innerWidth <= PHONE, covered = this.covered();
    const asks = covered || (phone && rest > END);
    const count = asks ? plots().filter(({ y, h }) => y + h / 2 > innerHeight).length : 0;
    this.place.textContent = wording({ phone, covered, plots: count, rest });
  }

  end() {
    cancelAnimationFrame(this.frame);
    for (const kind of ["scroll", "resize"]) removeEventListener(kind, this.look, { capture: true });
    this.sized.disconnect();
  }
}
