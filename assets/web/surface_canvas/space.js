// The same surface and paths in three dimensions, on the lab's clock. three.js comes only when asked.

import { VIRIDIS } from "../shared/colours.js";
import { Finger } from "./finger.js";
import { Frame } from "./frame.js";
import { cut } from "./ways.js";

const SIZE = 2, HEIGHT = 1.1, MESH = 96, COARSE = 4;
// Where the camera stands at first and what it looks at, in exported pictures, too: figures/space.py.
const EYE = [2.2, 3.25, 2.7], TARGET = [0, 0.35, 0];
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
      const points = [], pairs = [];
      places.forEach(([x, y], i) => {
        const exact = inside[i] && !(i % parts);
        const [a, b, d] = this.place(x, y, exact ? run.loss[i / parts] : field.at(x, y));
        points.push(a, Number.isFinite(b) ? b : HEIGHT, d);
        if (i && lines[i] > lines[i - 1]) pairs.push(i - 1, i);
      });
      const geo = new T.BufferGeometry();
      geo.setAttribute("position", new T.BufferAttribute(new Float32Array(points), 3));
      geo.setIndex(pairs);
      const line = new T.LineSegments(geo, new T.LineBasicMaterial({ color: run.color, linewidth: 2 }));
      line.frustumCulled = false;
      const tube = this.tube(points, lines, run.color);
      const ball = new T.Mesh(new T.SphereGeometry(0.035, 16, 12), new T.MeshLambertMaterial({ color: run.color }));
      this.group.add(line, ball);
      if (tube) this.group.add(tube);
      return { line, ball, tube, parts, lines };
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

  // WebGL lines are one pixel wide; a thin ribbon of segments makes them readable from the back row.
  tube(points, lines, color) {
    const { T } = this;
    if (points.length < 6) return null;
    const radius = 0.009, sides = 5, n = points.length / 3;
    const position = new Float32Array(n * sides * 3), index = [];
    for (let i = 0; i < n; i++) {
      const a = Math.max(i - 1, 0) * 3, b = Math.min(i + 1, n - 1) * 3;
      const d = new T.Vector3(points[b] - points[a], points[b + 1] - points[a + 1], points[b + 2] - points[a + 2]);
      if (d.lengthSq() < 1e-14) d.set(1, 0, 0);
      d.normalize();
      const side = new T.Vector3(0, 1, 0).cross(d);
      if (side.lengthSq() < 1e-8) side.set(1, 0, 0);
      side.normalize();
      const up = d.clone().cross(side);
      for (let s = 0; s < sides; s++) {
        const q = (2 * Math.PI * s) / sides, o = 3 * (i * sides + s);
        for (let k = 0; k < 3; k++) {
          position[o + k] = points[3 * i + k] + radius * (Math.cos(q) * side.getComponent(k) + Math.sin(q) * up.getComponent(k));
        }
        if (i + 1 < n && lines[i + 1] > lines[i]) {
          const p = i * sides + s, r = i * sides + ((s + 1) % sides);
          index.push(p, p + sides, r, r, p + sides, r + sides);
        }
      }
    }
    const geo = new T.BufferGeometry();
    geo.setAttribute("position", new T.BufferAttribute(position, 3));
    geo.setIndex(index);
    const mesh = new T.Mesh(geo, new T.MeshBasicMaterial({ color, side: T.DoubleSide }));
    mesh.frustumCulled = false;
    mesh.userData.perPoint = sides * 6;
    return mesh;
  }

  draw(t) {
    if (!this.paths || !this.lab.field) return;
    this.lab.scene.runs.forEach((run, i) => {
      const p = this.paths[i];
      if (!p) return;
      const k = Math.min(Math.floor(Math.min(t, run.last) * p.parts), p.lines.length - 1);
      p.line.geometry.setDrawRange(0, 2 * p.lines[k]);
      if (p.tube) p.tube.geometry.setDrawRange(0, p.lines[k] * p.tube.userData.perPoint);
      const a = p.line.geometry.attributes.position;
      // Of a path that has left the window, where it did.
      const at = p.lines[k] ? p.lines.indexOf(p.lines[k]) : k;
      p.ball.position.set(a.getX(at), a.getY(at), a.getZ(at));
    });
    this.frame.turn();
    this.renderer.render(this.scene, this.camera);
    this.frame.write();
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
