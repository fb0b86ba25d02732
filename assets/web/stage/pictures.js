// Many pictures of one page, asked for in turn: a server that draws them yet would else hold all of a
// browser's connections, and what answers keys and buttons would wait behind them.

const AT_ONCE = 3; // of the six that browsers open to one server
const LOOK_MS = 200;

/**
 * Load every image that has `data-src`, also those that come later, until the function that is given
 * back is called.
 */
export function inTurn() {
  /** @type {Set<HTMLImageElement>} */
  const loading = new Set();
  const look = () => {
    for (const image of loading) if (!image.isConnected) loading.delete(image);
    for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img[data-src]"))) {
      if (loading.size >= AT_ONCE) return;
      const done = () => { loading.delete(image); look(); };
      image.addEventListener("load", done, { once: true });
      image.addEventListener("error", done, { once: true });
      loading.add(image);
      image.src = image.dataset.src ?? "";
      delete image.dataset.src;
    }
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => clearInterval(timer);
}
