// The surface as it is shown, as a file.

/** @typedef {import("./surface_canvas.js").Lab} Lab */

/** @param {Lab} lab */
export function savePicture(lab) {
  const out = document.createElement("canvas");
  const source = lab.solid && lab.space ? lab.space.layers : lab.view.layers;
  out.width = Math.max(...source.map((canvas) => canvas.width));
  out.height = source[0].height;
  const ctx = /** @type {CanvasRenderingContext2D} */ (out.getContext("2d"));
  ctx.fillStyle = lab.colours.paper;
  ctx.fillRect(0, 0, out.width, out.height);
  for (const canvas of source) ctx.drawImage(canvas, 0, 0);
  out.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(/** @type {Blob} */ (blob));
    link.download = `loss-surface-step-${Math.floor(lab.clock.time)}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
