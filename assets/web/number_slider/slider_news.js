// What sliders hold by now, for all of them at once; each listens, see number_slider.js.

export default function ({ data }) {
  document.dispatchEvent(new CustomEvent("initopt-sliders", { detail: data.sliders }));
}
