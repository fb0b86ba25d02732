// From compact data to rows: figures/figure.py's expand() does exactly the same, which tests/web
// holds it to.

/** @typedef {number | string | boolean | null} Value */
/** @typedef {Record<string, Value | Value[]>} Group columns; a single value stands for all rows */
/**
 * @typedef {{ edges: (number | null)[], counts: number[] } & Record<string, any>} Histogram
 * edges: all of them, or the first and the last of even bins
 */
/** @typedef {{ groups?: Group[], histograms?: Histogram[], bars?: boolean }} Compact */

/** @param {Group} group */
function groupRows(group) {
  const names = Object.keys(group);
  const lengths = names.map((name) => group[name]).filter(Array.isArray).map((list) => list.length);
  return Array.from({ length: lengths[0] ?? 1 }, (_, i) =>
    Object.fromEntries(names.map((name) => {
      const column = group[name];
      return [name, Array.isArray(column) ? column[i] : column];
    })));
}

/**
 * @param {(number | null)[]} edges
 * @param {number} bins
 * @returns {(number | null)[]}
 */
function allEdges(edges, bins) {
  if (edges.length !== 2) return edges;
  const [low, high] = edges;
  const known = low !== null && high !== null && bins > 0;
  return Array.from({ length: bins + 1 }, (_, i) => (known ? low + ((high - low) * i) / bins : null));
}

/**
 * @param {Histogram} panel
 * @param {boolean | undefined} bars whether each row is a bar of its own; else steps of a line
 */
function histogramRows({ edges, counts, ...fields }, bars) {
  const n = counts.length, edge = allEdges(edges, n);
  const rows = counts.map((y, i) =>
    bars ? { ...fields, x: edge[i], x2: edge[i + 1], y } : { ...fields, x: edge[i], y });
  if (!bars && n) rows.push({ ...fields, x: edge[n], y: counts[n - 1] });
  return rows;
}

/**
 * Rows of one compact dataset.
 * @param {Compact} data
 * @returns {Record<string, any>[]}
 */
export function expand(data) {
  if (data.groups) return data.groups.flatMap(groupRows);
  return (data.histograms ?? []).flatMap((panel) => histogramRows(panel, data.bars));
}
