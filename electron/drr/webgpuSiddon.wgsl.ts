import type { TissueLine } from './webgpuTissue.ts';

/** Pixels of one workgroup along columns and rows: neighbouring rays, which read neighbouring voxels. */
export const workgroup = { columns: 8, rows: 8 } as const;

/**
 * Siddon's exact path through constant voxels, one ray an invocation, both tissues in one pass.
 *
 * t counts from the plane through the body's middle, in voxels of the axis that the ray follows most, so that it stays
 * below the size of the volume. Each crossing is computed anew from the number of its face and none from the one
 * before it; a path is the difference of two crossings, so that their rounding cancels along a ray. Masses are summed
 * in blocks, because a float32 that holds a whole ray has no room for a small piece of it.
 */
const traversal = /* wgsl */ `
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

fn rayTo(column: u32, row: u32) -> Ray {
  let u = f32(column) + 0.5 - 0.5 * f32(view.columns);
  let v = f32(row) + 0.5 - 0.5 * f32(view.rows);
  let aside = u * view.across + v * view.down;
  let whole = view.beam + aside;
  let size = abs(whole);
  let most = max(size.x, max(size.y, size.z));
  var ray: Ray;
  ray.origin = view.reference + view.depth * aside;
  let slope = whole / most;
  // A ray that stays in its layer crosses no face of it, and never divides by zero.
  ray.direction = select(slope, select(vec3f(-1e-30), vec3f(1e-30), slope >= vec3f(0.0)), abs(slope) < vec3f(1e-30));
  let toLow = (view.low - ray.origin) / ray.direction;
  let toHigh = (view.high - ray.origin) / ray.direction;
  let near = min(toLow, toHigh);
  let far = max(toLow, toHigh);
  // From the source to the detector and no farther.
  ray.enter = max(max(near.x, near.y), max(near.z, -view.depth * most));
  ray.leave = min(min(far.x, far.y), min(far.z, (1.0 - view.depth) * most));
  ray.length = length(view.beamMm + u * view.acrossMm + v * view.downMm) / most;
  return ray;
}

@compute @workgroup_size(${workgroup.columns}, ${workgroup.rows})
fn exact(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = view.firstBandRow + id.y;
  if (column >= view.columns || row >= view.endRow) {
    return;
  }
  let ray = rayTo(column, row);
  var sum = vec2f(0.0);
  if (ray.leave > ray.enter) {
    let size = vec3i(textureDimensions(volume));
    let ahead = ray.direction > vec3f(0.0);
    let stride = select(vec3f(-1.0), vec3f(1.0), ahead);
    let cell = clamp(floor(ray.origin + ray.enter * ray.direction), view.low, view.high - 1.0);
    var voxel = vec3i(cell) + view.middle;
    var face = cell + select(vec3f(0.0), vec3f(1.0), ahead);
    let inverse = 1.0 / ray.direction;
    var next = (face - ray.origin) * inverse;
    var t = ray.enter;
    // A ray crosses no more faces than these; the bound only holds a driver's wrong number from looping for ever.
    let across = vec3i(view.high - view.low);
    var left = across.x + across.y + across.z + 3;
    while (t < ray.leave && left > 0) {
      var block = vec2f(0.0);
      for (var n = 0; n < 32 && t < ray.leave; n++) {
        let stop = min(min(next.x, next.y), min(next.z, ray.leave));
        // Beyond the ends the body goes on as its last slice.
        let slice = clamp(voxel.z, 0, size.z - 1);
        block += (stop - t) * tissue(f32(textureLoad(volume, vec3i(voxel.xy, slice), 0).x));
        t = stop;
        let crossed = next <= vec3f(stop);
        voxel += select(vec3i(0), vec3i(stride), crossed);
        face += select(vec3f(0.0), stride, crossed);
        next = (face - ray.origin) * inverse;
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

/** The shader for tissues that are these lines of HU: `exact` is its entry point. */
export function siddonShader(lines: readonly TissueLine[]): string {
  return `${traversal}\n${tissueFunction(lines)}`;
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
const literal = (value: number): string => `${String(Math.fround(value))}f`;
