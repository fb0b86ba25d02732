// A part of a page that was just chosen comes into view.

const FOLLOW_MS = 5000; // a part that takes longer to come is no surprise any more

/** A part of a page that was just chosen is moved into view while it grows. */
export function followParts() {
  /** @type {any} */
  const page = globalThis;
  if (page.initoptFollows) return;
  page.initoptFollows = true;
  let end = () => {};
  const follow = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    const row = event.target instanceof Element && event.target.closest(".st-key-init-parts");
    const block = row && row.closest('[data-testid="stMainBlockContainer"]');
    if (!block || !event.target.closest('button[data-variant="segmented_control"]')) return;
    end();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let height = block.scrollHeight;
    const watch = new ResizeObserver(() => {
      const grown = block.scrollHeight > height;
      height = block.scrollHeight;
      if (!grown || !row.isConnected) return;
      row.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    });
    watch.observe(block);
    const timer = setTimeout(() => end(), FOLLOW_MS);
    const hand = () => end();
    const hands = ["wheel", "touchstart", "keydown", "pointerdown"];
    for (const kind of hands) addEventListener(kind, hand, { capture: true, passive: true });
    end = () => {
      watch.disconnect();
      clearTimeout(timer);
      for (const kind of hands) removeEventListener(kind, hand, { capture: true });
      end = () => {};
    };
  };
  addEventListener("click", follow, { capture: true });
  addEventListener("keydown", follow, { capture: true });
}
