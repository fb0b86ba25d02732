// What sliders hold by now, where nothing else is drawn that could tell them.

import { tellSliders } from "../shared/news.js";

export default function ({ data }) {
  tellSliders(data.sliders);
}
