// What a browser keeps of a page, where it keeps anything.

/**
 * What comes of reading or writing it; null in a browser that does not allow it, or has no room.
 * @template T
 * @param {() => T} act
 * @returns {T | null}
 */
export function stored(act) {
  try {
    return act();
  } catch {
    return null;
  }
}
