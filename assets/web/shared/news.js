// What sliders hold by now, when something beside them has set them: told to all of them at once.

export const NEWS = "initopt-sliders"; // an event; see number_slider.js

/** @param {any[]} [sliders] as `sliders_told` in number_slider.py makes them */
export function tellSliders(sliders) {
  if (sliders) document.dispatchEvent(new CustomEvent(NEWS, { detail: sliders }));
}
