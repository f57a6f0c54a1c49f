import type { TissueLine } from './webgpuTissue.ts';

/** Pixels of one workgroup along columns and rows: neighbouring rays, which read neighbouring voxels. */
export const workgroup = { columns: 8, rows: 8 } as const;

/** How far the two Gauss points lie from the middle, as a share of the interval. */
const gaussPoint = 1 / (2 * Math.sqrt(3));

/**
 * Rays through the grid, one an invocation, both tissues in one pass: Siddon's exact path through constant voxels
 * (`exact`), and through the cells between voxel centres, in which tissue runs trilinearly (`trilinear`, trilinear.ts).
 *
 * t counts from the plane through the body's middle, in voxels of the axis that the ray follows most, so that it stays
 * below the size of the volume. Each crossing is computed anew from the number of its face and none from the one
 * before it; a path is the difference of two crossings, so that their rounding cancels along a ray. Masses are summed
 * in blocks, because a float32 that holds a whole ray has no room for a small piece of it.
 */
const common = /* wgsl */ `
struct View {
  // Where the central ray meets the plane through the body's middle, in voxels from there.
  reference: vec3f,
  // Share of the way from source to detector at which that plane lies.
  depth: f32,
  // From the source to the detector's centre, and one column and one row on, in voxels.
  beam: vec3f,
  columns: u32,
  across: vec3f,
  rows: u32,
  down: vec3f,
  firstRow: u32,
  // Faces outside which there is only air.
  low: vec3f,
  endRow: u32,
  high: vec3f,
  firstBandRow: u32,
  // The voxel from which positions count.
  middle: vec3i,
  slices: i32,
  // Beam, across and down in millimetres.
  beamMm: vec3f,
  acrossMm: vec3f,
  downMm: vec3f,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var volume: texture_3d<i32>;
// Soft tissue of all pixels, then bone of all pixels, in g/cm².
@group(0) @binding(2) var<storage, read_write> mass: array<f32>;

struct Ray {
  origin: vec3f,
  // Voxels for one of t; no component is 0.
  direction: vec3f,
  enter: f32,
  leave: f32,
  // Millimetres for one of t.
  length: f32,
}

// The ray to a pixel through the cells from low to high, whose faces lie at whole numbers and \`shift\` voxels from the
// faces of voxels.
fn rayTo(column: u32, row: u32, shift: f32, low: vec3f, high: vec3f) -> Ray {
  let u = f32(column) + 0.5 - 0.5 * f32(view.columns);
  let v = f32(row) + 0.5 - 0.5 * f32(view.rows);
  let aside = u * view.across + v * view.down;
  let whole = view.beam + aside;
  let size = abs(whole);
  let most = max(size.x, max(size.y, size.z));
  var ray: Ray;
  ray.origin = view.reference + view.depth * aside - shift;
  let slope = whole / most;
  // A ray that stays in its layer crosses no face of it, and never divides by zero.
  ray.direction = select(slope, select(vec3f(-1e-30), vec3f(1e-30), slope >= vec3f(0.0)), abs(slope) < vec3f(1e-30));
  let toLow = (low - ray.origin) / ray.direction;
  let toHigh = (high - ray.origin) / ray.direction;
  let near = min(toLow, toHigh);
  let far = max(toLow, toHigh);
  // From the source to the detector and no farther.
  ray.enter = max(max(near.x, near.y), max(near.z, -view.depth * most));
  ray.leave = min(min(far.x, far.y), min(far.z, (1.0 - view.depth) * most));
  ray.length = length(view.beamMm + u * view.acrossMm + v * view.downMm) / most;
  return ray;
}

// Both tissues of a voxel, per mm. Beyond the ends the body goes on as its last slice.
fn massOf(cell: vec3f) -> vec2f {
  let voxel = vec3i(cell) + view.middle;
  let slice = clamp(voxel.z, 0, view.slices - 1);
  return tissue(f32(textureLoad(volume, vec3i(voxel.xy, slice), 0).x));
}

fn constantPiece(ray: Ray, cell: vec3f, begin: f32, end: f32) -> vec2f {
  return (end - begin) * massOf(cell);
}

// As massOf; air outside the body.
fn massAt(cell: vec3f) -> vec2f {
  let isBody = all(cell >= view.low) && all(cell < view.high);
  return select(vec2f(0.0), massOf(cell), isBody);
}

// The cubic along the ray between eight centres, by two Gauss points, without error.
fn smoothPiece(ray: Ray, cell: vec3f, begin: f32, end: f32) -> vec2f {
  let c000 = massAt(cell);
  let c100 = massAt(cell + vec3f(1.0, 0.0, 0.0));
  let c010 = massAt(cell + vec3f(0.0, 1.0, 0.0));
  let c110 = massAt(cell + vec3f(1.0, 1.0, 0.0));
  let c001 = massAt(cell + vec3f(0.0, 0.0, 1.0));
  let c101 = massAt(cell + vec3f(1.0, 0.0, 1.0));
  let c011 = massAt(cell + vec3f(0.0, 1.0, 1.0));
  let c111 = massAt(cell + vec3f(1.0, 1.0, 1.0));
  let middle = ray.origin - cell + 0.5 * (begin + end) * ray.direction;
  let aside = ${literal(gaussPoint)} * (end - begin) * ray.direction;
  var sum = vec2f(0.0);
  for (var side = -1.0; side < 2.0; side += 2.0) {
    let at = middle + side * aside;
    let near = mix(mix(c000, c100, at.x), mix(c010, c110, at.x), at.y);
    let far = mix(mix(c001, c101, at.x), mix(c011, c111, at.x), at.y);
    sum += mix(near, far, at.z);
  }
  return 0.5 * (end - begin) * sum;
}
`;

/** Follows a ray from cell to cell and adds up its pieces. */
const entryPoint = (
  name: string,
  shift: string,
  low: string,
  high: string,
  piece: string,
): string => /* wgsl */ `
@compute @workgroup_size(${String(workgroup.columns)}, ${String(workgroup.rows)})
fn ${name}(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = view.firstBandRow + id.y;
  if (column >= view.columns || row >= view.endRow) {
    return;
  }
  let low = ${low};
  let high = ${high};
  let ray = rayTo(column, row, ${shift}, low, high);
  var sum = vec2f(0.0);
  if (ray.leave > ray.enter) {
    let isAhead = ray.direction > vec3f(0.0);
    let stride = select(vec3f(-1.0), vec3f(1.0), isAhead);
    let face = select(vec3f(0.0), vec3f(1.0), isAhead) - ray.origin;
    let inverse = 1.0 / ray.direction;
    var cell = clamp(floor(ray.origin + ray.enter * ray.direction), low, high - 1.0);
    var next = (cell + face) * inverse;
    var t = ray.enter;
    // A ray crosses no more faces than these; the bound only holds a driver's wrong number from looping for ever.
    let size = high - low;
    var left = i32(size.x + size.y + size.z) + 3;
    while (t < ray.leave && left > 0) {
      var block = vec2f(0.0);
      for (var n = 0; n < 32 && t < ray.leave; n++) {
        let stop = min(min(next.x, next.y), min(next.z, ray.leave));
        block += ${piece}(ray, cell, t, stop);
        t = stop;
        cell += select(vec3f(0.0), stride, next <= vec3f(stop));
        next = (cell + face) * inverse;
      }
      sum += block;
      left -= 32;
    }
  }
  let pixel = (row - view.firstRow) * view.columns + column;
  let pixels = (view.endRow - view.firstRow) * view.columns;
  mass[pixel] = sum.x * ray.length;
  mass[pixels + pixel] = sum.y * ray.length;
}
`;

/** The shader for tissues that are these lines of HU: `exact` and `trilinear` are its entry points. */
export function rayShader(lines: readonly TissueLine[]): string {
  return [
    common,
    tissueFunction(lines),
    entryPoint('exact', '0.0', 'view.low', 'view.high', 'constantPiece'),
    // A body falls to air within one voxel of its outermost centres.
    entryPoint('trilinear', '0.5', 'view.low - 1.0', 'view.high', 'smoothPiece'),
  ].join('\n');
}

/**
 * `fn tissue(hounsfield) -> vec2f`: g/cm² of soft tissue and of bone per mm. A line is looked at only where the one
 * before it holds, so that rays through air and muscle do not pay for bone and metal.
 */
function tissueFunction([lowest, ...others]: readonly TissueLine[]): string {
  if (lowest === undefined) throw new RangeError('a tissue function needs a line');
  const vector = ([first, second]: readonly [number, number]): string =>
    `vec2f(${literal(first)}, ${literal(second)})`;
  return [
    'fn tissue(hounsfield: f32) -> vec2f {',
    `var base = ${vector(lowest.base)};`,
    `var slope = ${vector(lowest.slope)};`,
    ...others.map(
      ({ from, base, slope }) =>
        `if (hounsfield >= ${literal(from)}) { base = ${vector(base)}; slope = ${vector(slope)};`,
    ),
    '}'.repeat(others.length),
    'return base + slope * hounsfield;',
    '}',
  ].join('\n');
}

/** A float32 as WGSL writes it. */
function literal(value: number): string {
  return `${String(Math.fround(value))}f`;
}
