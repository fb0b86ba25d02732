// Source Sans 3, the font of every figure and canvas, so that no picture depends on the machine.

const FACES = [["Regular", "400"], ["Bold", "700"]];

/** @param {string[]} face */
async function load([name, weight]) {
  const url = new URL(`../vendor/source_sans/SourceSans3-${name}.woff2`, import.meta.url);
  const face = new FontFace("Source Sans 3", `url("${url}")`, { weight });
  document.fonts.add(await face.load());
}

/** Resolves when the faces can be used, or cannot be had: then the page's own font serves. */
export const ready = Promise.allSettled(FACES.map(load));
