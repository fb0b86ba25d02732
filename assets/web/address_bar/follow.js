// A part of a page that was just chosen, or that the opened link names, comes into view.

const ROWS = ".st-key-init-parts, .st-key-training-more"; // whose buttons choose what lies below
const CHOOSES = 'button[data-variant="segmented_control"]';
const CHOSEN = `${CHOOSES}[aria-checked="true"]`;
const NAMES = ["part", "tab"]; // what links call it
const HANDS = ["wheel", "touchstart", "keydown", "pointerdown"];
const FOLLOW_MS = 5000; // a part that takes longer to come is no surprise any more
const OPEN_MS = 15000; // what an opened page may take to come, and its part to be whole
const LOOK_MS = 100;

let end = () => {};

/** Whatever is being followed, the one at the page has the say from now on. */
function untilAHand() {
  const hand = () => end();
  for (const kind of HANDS) addEventListener(kind, hand, { capture: true, passive: true });
  return () => {
    for (const kind of HANDS) removeEventListener(kind, hand, { capture: true });
  };
}

/**
 * While the page grows, the row stays at its top.
 * @param {boolean} opened by a link: the way there is nothing to look at
 */
function follow(opened) {
  end();
  const block = document.querySelector(ROWS)?.closest('[data-testid="stMainBlockContainer"]');
  if (!block) return;
  const calm = opened || matchMedia("(prefers-reduced-motion: reduce)").matches;
  let height = block.scrollHeight;
  const watch = new ResizeObserver(() => {
    const grown = block.scrollHeight > height;
    height = block.scrollHeight;
    if (!grown && !opened) return;
    const row = document.querySelector(ROWS); // a running page may have drawn it anew
    row?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  });
  watch.observe(block);
  const timer = setTimeout(() => end(), opened ? OPEN_MS : FOLLOW_MS);
  const handless = untilAHand();
  end = () => {
    watch.disconnect();
    clearTimeout(timer);
    handless();
    end = () => {};
  };
}

/**
 * A link was opened: where it names a part, that comes into view once, unless a hand was quicker.
 * @param {URL | Location} link
 */
export function followLink(link) {
  end();
  const asked = new URLSearchParams(link.search);
  if (!NAMES.some((name) => asked.get(name)) || asked.has("lecture")) return;
  const since = performance.now();
  const look = setInterval(() => {
    const there = location.pathname === link.pathname;
    if (there && document.querySelector(ROWS)?.querySelector(CHOSEN)) follow(true);
    else if (performance.now() - since > OPEN_MS) end();
  }, LOOK_MS);
  const handless = untilAHand();
  end = () => {
    clearInterval(look);
    handless();
    end = () => {};
  };
}

/** A part of a page that was just chosen is moved into view while it grows. */
export function followParts() {
  /** @type {any} */
  const page = globalThis;
  if (page.initoptFollows) return;
  page.initoptFollows = true;
  const chosen = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    const button = event.target instanceof Element && event.target.closest(CHOOSES);
    if (button && button.closest(ROWS)) follow(false);
  };
  addEventListener("click", chosen, { capture: true });
  addEventListener("keydown", chosen, { capture: true });
  followLink(location);
}
