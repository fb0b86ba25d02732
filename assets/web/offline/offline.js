// A part of the app in a page of its own that needs no server: its modules and what they are shown
// lie in the page, packed. Python's half is initopt_core/figures/loss_surfaces/canvas_page.py.
//
// Each module becomes an address of its own (a blob's) after those that it imports, whose addresses
// are put in: the files stay as they are served, and nothing has to be built.

/**
 * The bytes that an element of the page holds as base64 of gzip.
 * @param {string} id
 */
async function unpacked(id) {
  const text = document.getElementById(id)?.textContent ?? "";
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The address of every module.
 * @param {[string, string][]} modules path and text of each, after those that it imports
 */
function addresses(modules) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [path, text] of modules) {
    const linked = text.replace(/"@@(.+?)@@"/g, (_, other) => JSON.stringify(found[other]));
    found[path] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
  }
  return found;
}

async function show() {
  const parentElement = /** @type {HTMLElement} */ (document.getElementById("part"));
  const { modules, main } = JSON.parse(new TextDecoder().decode(await unpacked("modules")));
  const found = addresses(modules);
  // A canvas keeps the font that it was first drawn with.
  await Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 16px "Source Sans 3"`)));
  const part = await import(found[main]);
  const setStateValue = () => {}; // nobody listens
  const address = (/** @type {string} */ path) => found[path];
  for (const message of (parentElement.dataset.messages ?? "").split(" ")) {
    part.default({ parentElement, data: await unpacked(message), setStateValue, address });
  }
}

show().catch((error) => {
  const place = document.getElementById("part");
  if (place) place.textContent = `This browser cannot show the page (${error.message}). A newer one can.`;
});
