// The link of a view as others are to open it.

/** How a page is presented here, which is nothing to whom it is sent. */
export const PRESENTED = ["lecture", "scene", "figure", "type", "embed", "embed_options", "controls"];

const GALLERY = /\/course\/?$/;

/**
 * A page's link without how it is presented: a phone gets the phone's layout of the same view.
 * @param {string} href
 */
export function sharedLink(href) {
  const link = new URL(href), one = GALLERY.test(link.pathname) && link.searchParams.get("figure");
  for (const name of [...link.searchParams.keys()]) { // in any letters: Streamlit reads some so
    if (PRESENTED.includes(name.toLowerCase())) link.searchParams.delete(name);
  }
  if (one) { // what is shown is one figure, and that is shown large
    link.searchParams.set("lecture", "on");
    link.searchParams.set("figure", one);
  }
  link.hash = "";
  return link.href;
}

/** What of it tells the scene of a lecture, and belongs to a link to it. */
const OF_SCENE = ["lecture", "scene", "figure"];

/**
 * A page's link with the scene that it is of, without how else it is presented here.
 * @param {string} href
 */
export function sceneLink(href) {
  const given = new URL(href), link = new URL(sharedLink(href));
  for (const name of OF_SCENE) {
    const value = given.searchParams.get(name);
    if (value !== null) link.searchParams.set(name, value);
  }
  return link.href;
}

/**
 * Where the server draws the QR code of a link: beside the page, wherever the app is mounted.
 * @param {string} link
 * @param {string} href of the page
 */
export function codeOf(link, href) {
  const code = new URL("qr.svg", href);
  code.searchParams.set("link", link);
  return code.href;
}
