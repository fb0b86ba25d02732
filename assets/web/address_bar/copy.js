// Text into the clipboard, wherever the page comes from.

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no permission, or not a secure address, where browsers offer only the old way
    const box = document.createElement("textarea");
    box.value = text;
    box.style.cssText = "position:fixed;opacity:0";
    (document.querySelector("dialog[open]") ?? document.body).appendChild(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
