import assert from "node:assert/strict";
import { test } from "node:test";
import { above, beside, edges } from "../../../assets/web/surface_canvas/frame.js";

const ends = { w1: ["1", "2"], w2: ["3", "4"], loss: ["5", "6"] };

test("the axes lie on the sides of the floor that face the eye, wherever it is", () => {
  for (const [ex, ez] of [[2, 3], [-2, 3], [2, -3], [-2, -3]]) {
    const { labels } = edges(ex, ez, 1, 1.1, ends);
    for (const { at, away, text } of labels.filter(({ name }) => name).slice(0, 2)) {
      // The eye is before the side, as its distance from it along the side's outward normal says.
      assert.ok((ex - at[0]) * away[0] + (ez - at[2]) * away[2] > 0, `${text} ${ex} ${ez}`);
    }
    const [x, , z] = labels.find(({ text }) => text === "loss").at; // the upright edge is neither the nearest nor the farthest
    const far = [[1, 1], [-1, 1], [1, -1], [-1, -1]].map(([a, b]) => Math.hypot(ex - a, ez - b));
    const own = Math.hypot(ex - x, ez - z);
    assert.ok(own > Math.min(...far) && own < Math.max(...far));
  }
});

test("a number stays at its own end of its axis when the axis changes sides", () => {
  for (const [ex, ez] of [[2, 3], [-2, 3], [2, -3], [-2, -3]]) {
    const place = Object.fromEntries(edges(ex, ez, 1, 1.1, ends).labels.map(({ text, at }) => [text, at]));
    assert.ok(place["1"][0] < 0 && place["2"][0] > 0);
    assert.ok(place["3"][2] > 0 && place["4"][2] < 0); // w₂ grows away from the first eye
    assert.ok(place["5"][1] < place["6"][1]);
  }
});

test("words stand clear of their point in whatever direction", () => {
  for (let k = 0; k < 16; k++) {
    const way = [Math.cos((k * Math.PI) / 8), Math.sin((k * Math.PI) / 8)];
    const [x, y] = beside([100, 100], way, 4, 50, 12);
    assert.ok(Math.abs(x - 100) >= 25 || Math.abs(y - 100) >= 6, String(way)); // not over the point
    assert.ok((x - 100) * way[0] + (y - 100) * way[1] > 0);
  }
});

test("numbers of the upright axis go above what stands there, with room between the lines", () => {
  const name = [100, 50, 30, 13], number = [100, 34, 30, 12];
  assert.equal(above([], [100, 50, 30, 12], 3), 50);
  assert.equal(above([name], [200, 50, 30, 12], 3), 50); // beside it
  assert.equal(above([name], [100, 50, 30, 12], 3), 50 - 12.5 - 3);
  assert.equal(above([name, number], [100, 50, 30, 12], 3), 34 - 12 - 3); // above both
});
