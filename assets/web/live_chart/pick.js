// Which panel of a figure lies under a point, and what its scales say there.

/**
 * @typedef {{ name: string, x: number, y: number, width: number, height: number, title: string,
 *   across: string, up: string, group: any }} Panel a plot: its place from the drawing's origin in
 *   pixels, its title and its axes' titles, and what is drawn in it
 */

/** @param {any} group */
function titles(group) {
  const found = { title: "", across: "", up: "" };
  /** @type {(mark: any, role: string) => string} */
  const text = (mark, role) => {
    if (mark.role === role && mark.items?.[0]?.text) return [mark.items[0].text].flat().join(" ");
    for (const item of mark.items ?? []) {
      for (const child of item.items ?? []) {
        const inner = text(child, role);
        if (inner) return inner;
      }
    }
    return "";
  };
  for (const child of group.items ?? []) {
    if (child.role === "title") found.title ||= text(child, "title-text");
    if (child.role !== "axis") continue;
    const upright = ["left", "right"].includes(child.items?.[0]?.orient);
    found[upright ? "up" : "across"] ||= text(child, "axis-title");
  }
  return found;
}

/**
 * All plots of a scene graph, in the order in which they are drawn.
 * @param {any} root the view's `scenegraph().root`
 * @returns {Panel[]}
 */
export function panels(root) {
  /** @type {Panel[]} */
  const found = [];
  /** @type {(mark: any, x: number, y: number) => void} */
  const walk = (mark, x, y) => {
    for (const group of mark.items ?? []) {
      const gx = x + (group.x ?? 0), gy = y + (group.y ?? 0);
      const inner = (group.items ?? []).filter(
        (/** @type {any} */ m) => m.marktype === "group" && !["axis", "legend", "title"].includes(m.role) &&
          m.items?.some((/** @type {any} */ g) => g.width));
      if (inner.length) for (const child of inner) walk(child, gx, gy);
      else if (group.width) {
        const name = mark.name ?? "";
        const { width, height } = group;
        found.push({ name, x: gx, y: gy, width, height, ...titles(group), group });
      }
    }
  };
  walk(root, 0, 0);
  return found;
}

/**
 * The scale of a panel's axis that can be read backwards, or null.
 * @param {any} view
 * @param {string} name of the panel
 * @param {"x" | "y"} axis
 */
export function scaleOf(view, name, axis) {
  const prefix = name.replace(/_group$/, "");
  for (const full of [prefix ? `${prefix}_${axis}` : axis, axis]) {
    try {
      const scale = view.scale(full);
      if (scale.invert) return scale;
    } catch { /* no such scale */ }
  }
  return null;
}

/**
 * Data coordinates of a point in a panel, null where an axis has none.
 * @param {any} view
 * @param {string} name
 * @param {number} x
 * @param {number} y
 */
export function unscaled(view, name, x, y) {
  /** @type {(axis: "x" | "y", at: number) => number | null} */
  const back = (axis, at) => {
    const scale = scaleOf(view, name, axis);
    return scale ? Number(scale.invert(at)) : null;
  };
  return { x: back("x", x), y: back("y", y) };
}

/**
 * Innermost panel under a point, and the point in it.
 * @param {any} mark
 * @param {number} x
 * @param {number} y
 * @param {string} name of the panel around
 * @returns {{ name: string, x: number, y: number }}
 */
export function hit(mark, x, y, name) {
  const group = mark.items?.[0];
  if (!group) return { name, x, y };
  const gx = x - (group.x ?? 0), gy = y - (group.y ?? 0);
  for (const child of group.items ?? []) {
    if (child.marktype !== "group" || child.role === "axis" || child.role === "legend") continue;
    for (const panel of child.items) {
      const px = gx - panel.x, py = gy - panel.y;
      if (px >= 0 && py >= 0 && px <= panel.width && py <= panel.height && child.name) {
        return hit({ items: [panel] }, gx, gy, child.name);
      }
    }
  }
  return { name, x: gx, y: gy };
}

/**
 * What of a mark's datum can be sent.
 * @param {Record<string, any>} datum
 */
export const plainDatum = (datum) =>
  Object.fromEntries(Object.entries(datum).filter(
    ([, v]) => v === null || ["number", "string", "boolean"].includes(typeof v)));
