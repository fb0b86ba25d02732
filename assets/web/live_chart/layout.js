// The layout of a figure in a place of some width: figures/room.py says the same in Python, and
// tests/web holds both to the same numbers.

const LEGEND_LINE = 18; // pixels, as in figures/room.py

/**
 * @typedef {object} Room lengths in pixels; figures/room.py explains them
 * @property {number} width
 * @property {number} height
 * @property {number} columns
 * @property {number} rows
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {number} gap
 * @property {number} row_gap
 * @property {number} least
 * @property {number} most
 * @property {number} entries
 * @property {number} entry_width
 * @property {number} in_line
 * @property {number} screen
 * @property {number} lowest
 * @property {number} stack
 */

const BELOW = 200; // pixels of a plot on a phone in a hall, where another figure has filled the window
export const PHONE = 640; // a narrower window scrolls anyway, and changes its height while it does

/**
 * Plots get what the gutters leave.
 * @param {Room} given
 * @param {number} place width of the place, in pixels
 * @param {number} type how many times larger than usual letters are
 * @param {number} wide width of the window, in pixels
 * @param {number} high pixels of the window that are left below the page's head
 * @param {boolean} fills whether they are all the figure's, in any window
 */
export function layout(given, place, type = 1, wide = 0, high = 0, fills = false) {
  const room = wide && wide <= PHONE ? stacked(given) : given;
  const [left, right, bottom] = [room.left, room.right, room.bottom].map((v) => v * type);
  const gaps = (room.columns - 1) * room.gap * type;
  const free = place - left - right - gaps;
  const panel = Math.min(room.most, Math.max(room.least, Math.floor(free / room.columns)));
  const inside = room.columns * panel + gaps;
  const whole = room.in_line > 0 && room.in_line * type <= inside;
  const fit = whole ? room.entries : Math.floor(inside / (room.entry_width * type));
  const legend = Math.max(1, Math.min(room.entries, fit));
  const lines = room.entries ? Math.ceil(room.entries / legend) : 0;
  const top = (room.top + lines * LEGEND_LINE) * type;
  const gutters = top + (room.rows - 1) * room.row_gap * type + bottom;
  const share = Math.floor((room.screen * high - gutters) / room.rows);
  const least = fills && wide && wide <= PHONE && room.rows === 1 ? BELOW : 0;
  const tall = room.screen && (fills || wide > PHONE) ? Math.max(room.lowest * type, share, least) : room.height;
  return {
    columns: room.columns,
    panel,
    tall,
    legend,
    padding: { left, right, top, bottom },
    width: left + inside + right,
    height: gutters + room.rows * tall,
  };
}

/**
 * The room as a phone has it: its panels below one another, where that is said.
 * @param {Room} room
 * @returns {Room}
 */
const stacked = (room) =>
  room.stack ? { ...room, columns: 1, rows: room.columns * room.rows, row_gap: room.stack } : room;
