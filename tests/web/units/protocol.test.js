import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Grids, Looks, read, unpack } from "../../../assets/web/surface_canvas/protocol.js";

const message = (head, floats) => {
  const text = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const out = new Uint8Array(text.length + 4 * floats.length);
  out.set(text);
  out.set(new Uint8Array(Float32Array.from(floats).buffer), text.length);
  return out;
};

test("floats are read wherever the text in front ends", () => {
  for (const name of ["a", "ab", "abc", "abcd", "ü"]) {
    const { head, floats } = read(message({ name }, [1.5, -2]));
    assert.equal(head.name, name);
    assert.deepEqual([...floats], [1.5, -2]);
  }
  assert.equal(read({ steps: 1 }), null);
});

test("every run gets its floats, and its distance from the nearest minimum", () => {
  const run = { diverged: null, divides: true, kept: ["m"] };
  // One step: w1, w2, loss [2 each], g, u [2 each], lr … limit [1 each], denominator, m [2 each].
  const floats = [0, 3, 0, 4, 9, 8, 1, 2, 3, 4, 0.1, 5, 6, 7, 8, 9, 10, 11, 12, 13];
  const scene = unpack(read(message({ steps: 1, runs: [run], minima: [[0, 0, 0]] }, floats)));
  const [got] = scene.runs;
  assert.deepEqual([...got.w1], [0, 3]);
  assert.deepEqual([...got.u], [3, 4]);
  assert.deepEqual([got.lr[0], got.sharpness[0], got.limit[0]].map((v) => Number(v.toFixed(3))), [0.1, 5, 9]);
  assert.deepEqual([...got.denominator], [10, 11]);
  assert.deepEqual([...got.memory.m], [12, 13]);
  assert.deepEqual([...got.distance], [0, 5]);
  assert.equal(got.last, 1);
});

test("only the newest grids are kept", () => {
  const grids = new Grids(2);
  for (const id of ["a", "b", "a", "c"]) grids.keep({ head: { id, n: 1, ranges: [0, 1, 0, 1] }, floats: [] });
  assert.deepEqual(["a", "b", "c"].map((id) => grids.get(id) !== undefined), [true, false, true]);
});

test("a look is taken over once, told after a rest, and not sent back and forth", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [], looks = new Looks((look) => told.push(look));
  looks.changed(() => ({ step: 1 }));
  mock.timers.tick(1000);
  assert.deepEqual(told, []); // the server has not asked for looks
  assert.deepEqual(looks.wanted({ initial: { step: 20 }, wish: 1 }), { step: 20 });
  assert.equal(looks.wanted({ initial: { step: 20 }, wish: 1 }), null);
  for (const step of [21, 22, 23]) looks.changed(() => ({ step }));
  mock.timers.tick(1000);
  assert.deepEqual(told, [{ step: 23 }]);
  assert.equal(looks.wanted({ initial: { step: 23 }, wish: 1 }), null); // its own echo
  assert.deepEqual(looks.wanted({ initial: { step: 20 }, wish: 2 }), { step: 20 }); // Back
  for (const step of [23]) looks.changed(() => ({ step }));
  mock.timers.tick(1000);
  assert.equal(told.length, 2); // moved there again after Back: told again
  mock.timers.reset();
});
