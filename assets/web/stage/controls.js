// The page's controls in a hall: tucked away, or over the figure.

export const controls = {
  shown: () => "controls" in document.documentElement.dataset,

  /** Show them, or tuck them away; whether they are shown now. */
  toggle() {
    const said = document.documentElement.dataset;
    if ("controls" in said) delete said.controls;
    else said.controls = "shown";
    return "controls" in said;
  },
};
