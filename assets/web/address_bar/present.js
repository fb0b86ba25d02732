// What style sheets and figures read of lecture mode: three words on the page's root.

/**
 * Present the page in a hall, or as usual; every figure then takes the room that it has.
 * @param {string} lecture its name; empty for none
 * @param {string} figure that fills the window; empty for the page's main one
 */
export function present(lecture, figure) {
  const said = document.documentElement.dataset;
  const before = [said.lecture, said.figure].join();
  if (lecture) {
    said.lecture = lecture;
    said.figure = figure || "main";
  } else {
    for (const name of ["lecture", "figure", "controls", "scene", "covered", "hides"]) delete said[name];
  }
  if ([said.lecture, said.figure].join() !== before) dispatchEvent(new Event("resize"));
}
