// What does not fit on the page that is shown: a list of sentences, empty when all is well.
() => {
  const problems = [];
  const SLACK = 1.5; // pixels

  const texts = (figure) => {
    const found = [];
    const [left, top] = [figure.view.padding().left, figure.view.padding().top];
    const walk = (mark, x, y) => {
      for (const item of mark.items ?? []) {
        if (mark.marktype === "group") {
          for (const child of item.items ?? []) walk(child, x + (item.x ?? 0), y + (item.y ?? 0));
        } else if (mark.marktype === "text" && item.opacity !== 0 && item.fillOpacity !== 0) {
          const text = [item.text ?? ""].flat().join(" / ");
          const { x1, y1, x2, y2 } = item.bounds;
          if (text.trim() && x2 > x1) {
            found.push({ text, item, role: mark.role,
              x1: x + x1, y1: y + y1, x2: x + x2, y2: y + y2 });
          }
        }
      }
    };
    walk(figure.view.scenegraph().root, left, top);
    return found;
  };

  const pen = document.createElement("canvas").getContext("2d");
  const shortened = ({ item, role }) => {
    if (!/^(axis|legend)/.test(role ?? "") || !item.limit) return false;
    pen.font = `${item.fontWeight ?? ""} ${item.fontSize}px ${item.font}`;
    return [item.text].flat().some((line) => pen.measureText(line).width > item.limit + SLACK);
  };

  // The box of a slanted text says little.
  const slanted = ({ item }) => Boolean((item?.angle ?? 0) % 90);
  const over = (a, b) =>
    !slanted(a) && !slanted(b) &&
    Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) > SLACK &&
    Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) > SLACK + 1;

  const drawing = (figure) => {
    const name = figure.dataset.figure;
    const canvas = figure.querySelector("canvas");
    if (!canvas || !figure.view) return void problems.push(`${name}: not drawn`);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const place = figure.clientWidth;
    if (Number(figure.dataset.width) !== width) {
      problems.push(`${name}: ${width} wide, computed ${figure.dataset.width}`);
    }
    if (height > figure.clientHeight + 1) problems.push(`${name}: ${height} high in ${figure.clientHeight}`);
    if (width > place + 1) {
      const seen = figure.dataset.more && getComputedStyle(figure).maskImage !== "none";
      if (!seen) problems.push(`${name}: ${width} wide in ${place} without a visible edge`);
      if (place > 900 && !figure.matches(MAY_SCROLL)) problems.push(`${name}: ${width} wide in ${place}`);
    }
    const found = texts(figure);
    for (const t of found) {
      if (t.x1 < -SLACK || t.y1 < -SLACK || t.x2 > width + SLACK || t.y2 > height + SLACK) {
        const box = [t.x1, t.y1, t.x2, t.y2].map(Math.round);
        problems.push(`${name}: "${t.text}" cut at the edge, ${box} of ${width} x ${height}`);
      }
      if (shortened(t)) problems.push(`${name}: "${t.text}" shortened`);
    }
    found.forEach((a, i) => {
      for (const b of found.slice(i + 1)) {
        if (over(a, b)) problems.push(`${name}: "${a.text}" over "${b.text}"`);
      }
    });
  };

  // Texts of the page itself: every line's box against what clips it, its column and its peers.
  const lines = () => {
    const root = document.querySelector('[data-testid="stMain"]');
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest(HIDDEN) || !parent.checkVisibility()) continue;
      if (getComputedStyle(parent).clipPath === "inset(50%)") continue; // for hearing alone
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) {
        if (r.width > 2 && r.height > 2) {
          found.push({ text: node.data.trim().slice(0, 40), parent,
            x1: r.left, y1: r.top, x2: r.right, y2: r.bottom });
        }
      }
    }
    return found;
  };

  const clipped = (t) => {
    for (let a = t.parent; a && a.dataset.testid !== "stMain"; a = a.parentElement) {
      const style = getComputedStyle(a);
      const box = a.getBoundingClientRect();
      const formula = a.classList.contains("katex-display");
      if (formula && t.x2 > box.right + SLACK) return "a formula wider than its place";
      if (/auto|scroll/.test(style.overflowX) && a.scrollWidth > a.clientWidth) return "";
      if (/auto|scroll/.test(style.overflowY) && a.scrollHeight > a.clientHeight) return "";
      if (style.display === "inline") continue;
      const hidden = /hidden|clip/.test(style.overflowX + style.overflowY);
      if (hidden && (t.x2 > box.right + SLACK || t.x1 < box.left - SLACK)) return "cut at the side";
      if (hidden && (t.y2 > box.bottom + 4 || t.y1 < box.top - 4)) return "cut below";
      if (a.dataset.testid === "stColumn" && t.x2 > box.right + 3) return "wider than its column";
    }
    return t.x2 > innerWidth + 1 ? "beyond the page" : "";
  };

  const page = () => {
    const found = lines();
    for (const t of found) {
      const how = clipped(t);
      if (how) problems.push(`page: "${t.text}" ${how}`);
    }
    found.forEach((a, i) => {
      for (const b of found.slice(i + 1)) {
        const same = a.parent === b.parent || a.parent.closest(".katex, button, label") !== null;
        if (!same && over(a, b)) problems.push(`page: "${a.text}" over "${b.text}"`);
      }
    });
    const beyond = document.documentElement.scrollWidth - innerWidth;
    if (beyond > 1) problems.push(`page: ${beyond} px wider than the window`);
  };

  const MAY_SCROLL = '[data-figure="training-histograms"], [data-figure="audit-histograms"]';
  const HIDDEN = ".katex-mathml, [aria-hidden=true].sr-only, .initopt-tip, script, style, " +
    "[data-testid=stIconMaterial], [data-testid=stTooltipContent], pre, code";
  for (const figure of document.querySelectorAll(".initopt-figure")) {
    if (figure.checkVisibility()) drawing(figure);
  }
  page();
  return problems;
}
