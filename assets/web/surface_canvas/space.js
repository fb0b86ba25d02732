// The same surface and paths in three dimensions, on the lab's clock. three.js comes only when asked.

import { VIRIDIS } from "../shared/colours.js";
import { Finger } from "./finger.js";
import { Frame } from "./frame.js";
import { pointer, sign, tubes } from "./tube.js";
import { cut } from "./ways.js";

const SIZE = 2, HEIGHT = 1.1, MESH = 96, COARSE = 4;
// Where the camera stands at first and what it looks at, in exported pictures, too: figures/space.py.
const EYE = [2.2, 3.25, 2.7], TARGET = [0, 0.35, 0];
const NEARER = 0.07; // by which signs are nearer to the eye than their place
const FOV = 38, NARROW = 1.12; // degrees up and down; width by height below which they are more

/** @param {string} path below assets/web */
function servedAt(path) {
  if (!import.meta.url.startsWith("http")) throw new Error("the 3-D view needs files served by the app");
  return new URL(`../${path}`, import.meta.url).href;
}

/** The library, or an error in words for the page. */
export async function loadThree(address = servedAt) {
  const probe = document.createElement("canvas");
  if (!probe.getContext("webgl2")) throw new Error("this browser has no WebGL 2");
  const [three, orbit] = await Promise.all([
    import(address("vendor/three/three.module.min.js")),
    import(address("vendor/three/OrbitControls.js")),
  ]);
  return { T: three, OrbitControls: orbit.OrbitControls };
}

export class Space {
  /**
   * @param {Element} element
   * @param {import("./surface_canvas.js").Lab} lab
   * @param {{ T: any, OrbitControls: any }} three from `loadThree`
   */
  constructor(element, lab, { T, OrbitControls }) {
    this.element = element;
    this.lab = lab;
    this.T = T;
    this.renderer = new T.WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
    element.append(this.renderer.domElement);
    this.scene = new T.Scene();
    this.camera = new T.PerspectiveCamera(FOV, 1, 0.05, 50);
    this.camera.position.set(...EYE);
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    this.controls.target.set(...TARGET);
    this.renderer.domElement.style.touchAction = "pan-y"; // a swipe up or down scrolls the page
    this.controls.touches.ONE = null; // theirs turns before it is known where the finger goes
    new Finger((dx, dy) => {
      const whole = (2 * Math.PI) / this.renderer.domElement.clientHeight; // as the controls have it
      this.turn(-dx * whole, dy * whole);
    }).watch(this.renderer.domElement);
    this.controls.maxPolarAngle = Math.PI * 0.49;
    this.controls.minDistance = 1;
    this.controls.maxDistance = 8;
    this.controls.addEventListener("change", () => lab.looked());
    this.controls.update();
    this.scene.add(new T.AmbientLight(0xffffff, 1.9));
    const sun = new T.DirectionalLight(0xffffff, 1.6);
    sun.position.set(-2, 4, 1.5);
    this.scene.add(sun);
    this.group = new T.Group();
    this.scene.add(this.group);
    this.frame = new Frame(this, [SIZE, HEIGHT]);
  }

  resize(whole, h) {
    const { box } = this.lab.view, w = box.w ? box.x + box.w : whole; // beside it the colour scale
    this.frame.resize(w, h, whole);
    this.renderer.setSize(w, h);
    const usual = this.eye() === null;
    this.camera.aspect = w / h;
    // A narrow picture shows as much from left to right as one that is a little wider than high.
    const wide = Math.max(1, NARROW / this.camera.aspect);
    this.camera.fov = (360 / Math.PI) * Math.atan(wide * Math.tan((FOV * Math.PI) / 360));
    this.camera.updateProjectionMatrix();
    if (usual) this.home();
  }

  // Heights follow the colours, so that a log surface is seen in its log shape.
  /**
   * @param {number} x
   * @param {number} y
   * @param {number} loss
   * @returns {[number, number, number]}
   */
  place(x, y, loss) {
    const [x0, x1, y0, y1] = this.lab.field.ranges;
    return [((x - x0) / (x1 - x0) - 0.5) * SIZE, this.lab.field.unit(loss) * HEIGHT + 0.012,
      -((y - y0) / (y1 - y0) - 0.5) * SIZE];
  }

  prepare() {
    const { T, lab } = this;
    this.group.traverse((o) => {
      o.geometry?.dispose();
      o.material?.map?.dispose();
      o.material?.dispose();
    });
    this.group.clear();
    const field = lab.field;
    if (!field) return;
    const [x0, x1, y0, y1] = field.ranges;
    const geometry = new T.PlaneGeometry(SIZE, SIZE, MESH, MESH);
    geometry.rotateX(-Math.PI / 2);
    const at = geometry.attributes.position;
    const colours = new Float32Array(at.count * 3);
    const ink = new T.Color();
    /** @type {[number, number, number][]} some places of the surface, for who keeps clear of it */
    this.relief = [];
    for (let i = 0; i < at.count; i++) {
      const x = x0 + (at.getX(i) / SIZE + 0.5) * (x1 - x0), y = y0 + (-at.getZ(i) / SIZE + 0.5) * (y1 - y0);
      let u = field.unit(field.at(Math.min(Math.max(x, x0), x1), Math.min(Math.max(y, y0), y1)));
      if (!Number.isFinite(u)) u = 1;
      at.setY(i, u * HEIGHT);
      if (!(i % (MESH + 1) % COARSE) && !(Math.floor(i / (MESH + 1)) % COARSE)) {
        this.relief.push([at.getX(i), u * HEIGHT, at.getZ(i)]);
      }
      const k = 4 * Math.round(u * 255);
      ink.setRGB(VIRIDIS[k] / 255, VIRIDIS[k + 1] / 255, VIRIDIS[k + 2] / 255, T.SRGBColorSpace);
      colours.set([ink.r, ink.g, ink.b], 3 * i);
    }
    geometry.setAttribute("color", new T.BufferAttribute(colours, 3));
    geometry.computeVertexNormals();
    this.group.add(new T.Mesh(geometry, new T.MeshLambertMaterial({ vertexColors: true, side: T.DoubleSide })));
    this.frame.prepare(this.group);
    this.paths = lab.scene.runs.map((run) => {
      // Subdivided between steps, so that a path lies on the surface instead of cutting through it.
      const parts = lab.scene.steps > 200 ? 2 : 6;
      /** @type {import("./ways.js").Place[]} */
      const way = [];
      for (let k = 0; k <= run.last; k++) {
        for (let q = 0; q < (k < run.last ? parts : 1); q++) {
          const f = q / parts, n = Math.min(k + 1, run.last);
          way.push([run.w1[k] + (run.w1[n] - run.w1[k]) * f, run.w2[k] + (run.w2[n] - run.w2[k]) * f]);
        }
      }
      const { places, inside, lines } = cut(way, field.ranges);
      const points = [];
      places.forEach(([x, y], i) => {
        const exact = inside[i] && !(i % parts);
        const [a, b, d] = this.place(x, y, exact ? run.loss[i / parts] : field.at(x, y));
        points.push(a, Number.isFinite(b) ? b : HEIGHT, d);
      });
      const drawn = tubes(T, points, lines, run, lab.scene.printed), end = sign(T, run);
      const left = pointer(T, run.color);
      this.group.add(...drawn, end, left);
      return { drawn, end, left, points, parts, lines, inside };
    });
  }

  // Nearer (below 1) or farther.
  zoom(factor) {
    const way = this.camera.position.clone().sub(this.controls.target);
    const { minDistance, maxDistance } = this.controls;
    way.setLength(Math.min(Math.max(way.length() * factor, minDistance), maxDistance));
    this.camera.position.copy(this.controls.target).add(way);
    this.controls.update();
    this.lab.looked();
  }

  // Walk around the surface (radians) and up or down.
  turn(around, up) {
    const at = new this.T.Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    at.theta += around;
    at.phi = Math.min(Math.max(at.phi - up, 0.05), this.controls.maxPolarAngle);
    this.camera.position.setFromSpherical(at).add(this.controls.target);
    this.controls.update();
    this.lab.looked();
  }

  /** Where the camera is: x, y, z, short enough for a link. */
  /** @returns {number[] | null} where the camera stands; null at its usual place */
  eye() {
    const eye = this.camera.position.toArray().map((v) => Number(v.toFixed(2)));
    return EYE.every((v, i) => Math.abs(v - eye[i]) < 0.02) ? null : eye;
  }

  /** @param {number[]} eye */
  lookFrom(eye) {
    this.camera.position.set(...eye);
    this.controls.update();
    this.lab.dirty();
  }

  home() {
    this.lookFrom(EYE);
  }

  /** @param {any} place @returns {any} the direction from there to the camera */
  toEye(place) {
    return this.camera.position.clone().sub(place).normalize();
  }

  draw(t) {
    if (!this.paths || !this.lab.field) return;
    let departed = false;
    this.lab.scene.runs.forEach((run, i) => {
      const p = this.paths[i];
      if (!p) return;
      const k = Math.min(Math.floor(Math.min(t, run.last) * p.parts), p.lines.length - 1);
      for (const part of p.drawn) part.geometry.setDrawRange(0, part.userData.until[k]);
      // Of a path that has left the window, where it did.
      const at = p.lines[k] ? p.lines.indexOf(p.lines[k]) : k;
      p.end.position.set(p.points[3 * at], p.points[3 * at + 1], p.points[3 * at + 2]);
      const gone = at > 0 && !p.inside[k];
      p.end.visible = !gone;
      p.left.visible = gone;
      departed ||= gone;
      if (gone) {
        const [from, to] = [at - 1, at].map((n) => new this.T.Vector3(...p.points.slice(3 * n, 3 * n + 3)));
        p.left.position.copy(to).addScaledVector(this.toEye(to), NEARER);
        const [a, b] = [from, to].map((place) => place.project(this.camera));
        p.left.material.rotation = Math.atan2(b.y - a.y, (b.x - a.x) * this.camera.aspect);
      }
      p.end.position.addScaledVector(this.toEye(p.end.position), NEARER); // else half in the ground
    });
    this.frame.turn();
    this.renderer.render(this.scene, this.camera);
    this.frame.write(departed);
  }

  /** What is seen, from the lowest layer up. */
  get layers() {
    return [this.renderer.domElement, this.frame.canvas];
  }

  end() {
    this.frame.canvas.remove();
    this.controls.dispose();
    this.renderer.dispose();
    this.renderer.domElement.remove();
  }
}
