import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../../assets/web/surface_canvas/clock.js";

const clock = (steps = 100) => {
  const made = new Clock(() => {});
  made.fit(steps);
  return made;
};

test("it opens at the end, and who stands there stays there", () => {
  const made = clock(100);
  assert.equal(made.time, 100);
  made.fit(40);
  assert.equal(made.time, 40);
  made.seek(10);
  made.fit(200);
  assert.equal(made.time, 10);
  made.fit(5);
  assert.equal(made.time, 5);
});

test("the whole path takes six seconds, less at a higher speed", () => {
  for (const [speed, seconds] of [[1, 6], [2, 3], [0.5, 12]]) {
    const made = clock(300);
    made.speed = speed;
    made.play(true);
    let now = 0;
    while (made.playing) made.tick((now += 20));
    assert.ok(Math.abs(now / 1000 - seconds) < 0.1, `${speed}: ${now}`);
    assert.equal(made.time, 300);
  }
});

test("a pause of the browser is not made up for", () => {
  const made = clock(600);
  made.play(true);
  made.tick(0);
  made.tick(60_000);
  assert.ok(made.time <= 10);
});

test("it goes round when asked to", () => {
  const made = clock(10);
  made.loop = true;
  made.play(true);
  for (let now = 0; now < 20_000; now += 50) {
    made.tick(now);
    assert.ok(made.playing && made.time >= 0 && made.time < 10.2);
  }
});

test("steps are whole and within the path, and stop the play", () => {
  const made = clock(10);
  made.act("first");
  assert.equal(made.time, 0);
  made.act("back");
  assert.equal(made.time, 0);
  made.act("next");
  assert.equal(made.time, 1);
  made.act("play");
  made.time = 4.6;
  made.act("next");
  assert.deepEqual([made.time, made.playing], [5, false]);
  made.time = 4.6;
  made.act("back");
  assert.equal(made.time, 4);
  made.act("end");
  made.act("next");
  assert.equal(made.time, 10);
});
