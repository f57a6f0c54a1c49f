/**
 * The inner loops of the exact projector, as WebAssembly text: V8 has no other way to treat two tissues and two rays
 * with one instruction. `siddon.ts` is the same path integral in TypeScript, and its twin in the tests.
 *
 * `sumColumns` adds the voxels of a slice up along the beam's axis y, column by column: F(y), whose values at the
 * faces of y are whole numbers and which is straight between them. While a ray stays in a column its integral over y is
 * F where it leaves less F where it enters; so F(before) - F(after) at each face of x and z that it crosses is all there
 * is to add to F at its two ends, and no voxel need be visited. Whole numbers are added as such, modulo 2^32: nothing
 * is rounded until the parts of a layer, in 64 bits.
 *
 * The memory begins with the table: for each of the 65,536 patterns of a 16-bit HU, in the order of the pattern read
 * as unsigned, two int32 a voxel. What else there is lies anywhere behind it. Sums are two int32 a face, y fastest.
 */

type Axis = 'X' | 'Y' | 'Z';

const get = (name: string): string => `(local.get $${name})`;
const set = (name: string, value: string): string => `(local.set $${name} ${value})`;
const add = (a: string, b: string): string => `(f64x2.add ${a} ${b})`;
const sub = (a: string, b: string): string => `(f64x2.sub ${a} ${b})`;
const mul = (a: string, b: string): string => `(f64x2.mul ${a} ${b})`;
const and = (a: string, b: string): string => `(v128.and ${a} ${b})`;
const splat = (value: string): string => `(f64x2.splat ${value})`;
/** Constants in locals of their own: where one stands within a loop, V8 would make it anew each time. */
const constants = { zero: '0', one: '1', minusOne: '-1', two: '2', eight: '8', tiny: '1e-100' };
const lane = (n: number, vector: string): string => `(f64x2.extract_lane ${String(n)} ${vector})`;
/** The lower bound where a value is no number: what is addressed lies within the brick, come what may. */
const within = (value: string, low: string, high: string): string =>
  `(f64x2.pmin ${high} (f64x2.pmax ${low} ${value}))`;

/** The ray's direction along one axis, its inverse, and the part of [enter, leave] that lies in the brick. */
const slab = (axis: Axis): string => `
  ${set('a', add(get(`to${axis}`), mul(get('u'), get(`across${axis}`))))}
  ;; Where too small to have an inverse, so small that the ray moves by no rounding: it is in the voxel that begins at s.
  ${set(
    `d${axis}`,
    `(v128.bitselect ${get('a')} ${get('tiny')} (f64x2.gt (f64x2.abs ${get('a')}) ${get('tiny')}))`,
  )}
  ${set(`inverse${axis}`, `(f64x2.div ${get('one')} ${get(`d${axis}`)})`)}
  ${set('a', mul(sub(splat(get(`low${axis}`)), get(`s${axis}`)), get(`inverse${axis}`)))}
  ${set('b', mul(sub(splat(get(`high${axis}`)), get(`s${axis}`)), get(`inverse${axis}`)))}
  ${set('enter', `(f64x2.pmax ${get('enter')} (f64x2.pmin ${get('a')} ${get('b')}))`)}
  ${set('leave', `(f64x2.pmin ${get('leave')} (f64x2.pmax ${get('a')} ${get('b')}))`)}`;

/** First and last column of a ray along x or z, how many faces lie between, and the way from one to the next. */
const columns = (axis: 'X' | 'Z', bytes: string): string => {
  const at = (t: string): string =>
    `(f64x2.floor ${within(add(get(`s${axis}`), mul(get(t), get(`d${axis}`))), get(`least${axis}`), get(`most${axis}`))})`;
  return `
  ${set(`first${axis}`, at('enter'))}
  ${set(`last${axis}`, at('leave'))}
  ${set(`floor${axis}`, `(f64x2.pmin ${get(`first${axis}`)} ${get(`last${axis}`)})`)}
  ${set(`ceiling${axis}`, `(f64x2.pmax ${get(`first${axis}`)} ${get(`last${axis}`)})`)}
  ${set('a', `(f64x2.lt ${get(`d${axis}`)} ${get('zero')})`)}
  ${set(`step${axis}`, `(v128.bitselect ${get('minusOne')} ${get('one')} ${get('a')})`)}
  ${set(`before${axis}`, `(v128.andnot ${get('one')} ${get('a')})`)}
  ${set(`move${axis}`, mul(get(`step${axis}`), get(bytes)))}`;
};

/** $address of the sums below each ray's place at t in its column, and $share of the layer that it has passed there. */
const place = (t: string, column: string): string => `
  ${set('y', within(add(get('sLayer'), mul(t, get('dY'))), get('zero'), get('highLayer')))}
  ${set('layer', `(f64x2.floor ${get('y')})`)}
  ${set('share', sub(get('y'), get('layer')))}
  ${set('address', add(mul(get('layer'), get('eight')), column))}`;

const pointer = (n: number, vector: string): string => `(i32x4.extract_lane ${String(2 * n)} ${vector})`;

/** Adds the sums in $v, at a face and the next, to one ray's integral at its $share. */
const addUp = (n: number): string => `
  ${set(`whole${String(n)}`, `(i32x4.add ${get(`whole${String(n)}`)} ${get('v')})`)}
  ${set(
    `part${String(n)}`,
    add(
      get(`part${String(n)}`),
      mul(
        splat(lane(n, get('share'))),
        `(f64x2.convert_low_i32x4_s (i32x4.sub
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 ${get('v')} ${get('v')}) ${get('v')}))`,
      ),
    ),
  )}`;

/** F where the rays leave less F where they enter. */
const ends = `
  ${place(get('leave'), add(get('base'), add(mul(get('lastX'), get('columnBytes')), mul(get('lastZ'), get('sliceBytes')))))}
  ${set('after', get('address'))}
  ${[0, 1].map((n) => `${set('v', `(v128.load ${pointer(n, get('after'))})`)} ${addUp(n)}`).join('\n')}
  ${place(get('enter'), add(get('base'), add(mul(get('firstX'), get('columnBytes')), mul(get('firstZ'), get('sliceBytes')))))}
  ${[0, 1]
    .map(
      (n) =>
        `${set('v', `(i32x4.sub (i32x4.splat (i32.const 0)) (v128.load ${pointer(n, get('address'))}))`)} ${addUp(n)}`,
    )
    .join('\n')}`;

/**
 * F(before) - F(after) at every face of one axis that the rays cross. Which column of the other axis a ray is in there
 * is asked of the t of that axis' nearest face, by the comparison that the loop over the other axis makes the other way
 * round: where a ray comes through an edge, both loops tell of one and the same path.
 */
const crossings = (
  axis: 'X' | 'Z',
  other: 'X' | 'Z',
  isPassed: 'f64x2.le' | 'f64x2.lt',
  bytes: string,
  otherBytes: string,
): string => `
  ${set('left', and(get('hit'), sub(get(`ceiling${axis}`), get(`floor${axis}`))))}
  (local.set $count (i32.trunc_sat_f64_s (f64.max ${lane(0, get('left'))} ${lane(1, get('left'))})))
  (if (i32.gt_s (local.get $count) (i32.const 0))
    (then
      ${set('column', add(get('base'), mul(get(`first${axis}`), get(bytes))))}
      ${set('face', add(get(`first${axis}`), get(`before${axis}`)))}
      (loop $next
        ${set('t', mul(sub(get('face'), get(`s${axis}`)), get(`inverse${axis}`)))}
        ${set('beside', `(f64x2.nearest ${add(get(`s${other}`), mul(get('t'), get(`d${other}`)))})`)}
        ${set('besideT', mul(sub(get('beside'), get(`s${other}`)), get(`inverse${other}`)))}
        ${set('beside', sub(get('beside'), get(`before${other}`)))}
        ${set('beside', add(get('beside'), and(get(`step${other}`), `(${isPassed} ${get('besideT')} ${get('t')})`)))}
        ${set('beside', within(get('beside'), get(`floor${other}`), get(`ceiling${other}`)))}
        ${place(get('t'), add(get('column'), mul(get('beside'), get(otherBytes))))}
        ;; A ray that has no face left stays where it is.
        ${set('way', and(get(`move${axis}`), `(f64x2.gt ${get('left')} ${get('zero')})`))}
        ${set('after', add(get('address'), get('way')))}
        ${set('column', add(get('column'), get('way')))}
        ${set('face', add(get('face'), get(`step${axis}`)))}
        ${set('left', sub(get('left'), get('one')))}
        ${[0, 1]
          .map(
            (n) => `
        ${set('v', `(i32x4.sub (v128.load ${pointer(n, get('address'))}) (v128.load ${pointer(n, get('after'))}))`)}
        ${addUp(n)}`,
          )
          .join('\n')}
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br_if $next (i32.gt_s (local.get $count) (i32.const 0))))))`;

/** Adds a ray's integral over y, turned into one over t, to its pixel. */
const store = (n: number): string => `
  (v128.store (i32.add (local.get $integral) (i32.const ${String(16 * n)}))
    ${add(
      `(v128.load (i32.add (local.get $integral) (i32.const ${String(16 * n)})))`,
      mul(
        add(`(f64x2.convert_low_i32x4_s ${get(`whole${String(n)}`)})`, get(`part${String(n)}`)),
        splat(lane(n, get('inverseY'))),
      ),
    )})`;

const vectors = (names: string): string =>
  names
    .split(' ')
    .map((name) => `(local $${name} v128)`)
    .join(' ');

const nextSum = `
  (local.set $sum (i32x4.add (local.get $sum)
    (v128.load64_zero (i32.shl (i32.load16_u (local.get $voxel)) (i32.const 3)))))
  (v128.store64_lane (local.get $to) (local.get $sum))
  (local.set $voxel (i32.add (local.get $voxel) (local.get $strideY)))
  (local.set $to (i32.add (local.get $to) (i32.const 8)))`;

export const rayKernelText = `
(memory "host" "memory")

(func "sumColumns"
  ;; One slice of 16-bit HU, its strides in bytes, how many columns and how many voxels in each; where the sums go.
  (param $voxels i32) (param $strideX i32) (param $strideY i32) (param $nX i32) (param $nY i32) (param $sums i32)
  (local $voxel i32) (local $y i32) (local $to i32) (local $sum v128)
  (loop $column
    (local.set $sum (i32x4.splat (i32.const 0)))
    (v128.store64_lane (local.get $sums) (local.get $sum))
    (local.set $voxel (local.get $voxels))
    (local.set $to (i32.add (local.get $sums) (i32.const 8)))
    (local.set $y (local.get $nY))
    ;; Four at a time: what is beyond the column's end is overwritten by the next.
    (loop $layer
      ${nextSum} ${nextSum} ${nextSum} ${nextSum}
      (local.set $y (i32.sub (local.get $y) (i32.const 4)))
      (br_if $layer (i32.gt_s (local.get $y) (i32.const 0))))
    (local.set $voxels (i32.add (local.get $voxels) (local.get $strideX)))
    (local.set $sums (i32.add (local.get $sums) (i32.shl (i32.add (local.get $nY) (i32.const 1)) (i32.const 3))))
    (local.set $nX (i32.sub (local.get $nX) (i32.const 1)))
    (br_if $column (i32.gt_s (local.get $nX) (i32.const 0)))))

(func "traceRow"
  ;; Where the sums of slice 0 would begin, and the bytes of a column and of a slice.
  (param $at f64) (param $bytesX f64) (param $bytesZ f64)
  ;; The brick in voxels: all of x, the layers in it, all of z; and the first and last slice whose sums are there.
  (param $highX f64) (param $lowY f64) (param $highY f64) (param $highZ f64) (param $firstSlice f64) (param $lastSlice f64)
  ;; The source; from it to the pixel at u = 0; from a pixel to the next.
  (param $sourceX f64) (param $sourceY f64) (param $sourceZ f64)
  (param $centreX f64) (param $centreY f64) (param $centreZ f64)
  (param $nextX f64) (param $nextY f64) (param $nextZ f64)
  ;; The pixels from the first u up to, but without, the end's; the integral of the first, two float64.
  (param $firstU f64) (param $endU f64) (param $integral i32)
  (local $lowX f64) (local $lowZ f64) (local $count i32)
  ${vectors('u a b t y v hit enter leave base columnBytes sliceBytes sX sY sZ toX toY toZ acrossX acrossY acrossZ')}
  ${vectors('dX dY dZ inverseX inverseY inverseZ leastX mostX leastZ mostZ firstX firstZ lastX lastZ')}
  ${vectors('floorX floorZ ceilingX ceilingZ stepX stepZ beforeX beforeZ moveX moveZ sLayer highLayer')}
  ${vectors(Object.keys(constants).join(' '))}
  ${vectors('end layer share address after column face beside besideT way left whole0 whole1 part0 part1')}
  ;; Beyond 2^52 the low bits of a float64 are a whole number's own.
  ${Object.entries(constants)
    .map(([name, value]) => set(name, splat(`(f64.const ${value})`)))
    .join('\n')}
  ${set('base', splat('(f64.add (local.get $at) (f64.const 4503599627370496))'))}
  ${set('end', splat(get('endU')))}
  ${set('columnBytes', splat(get('bytesX')))}
  ${set('sliceBytes', splat(get('bytesZ')))}
  ${(['X', 'Y', 'Z'] as const)
    .map(
      (axis) => `
  ${set(`s${axis}`, splat(get(`source${axis}`)))}
  ${set(`to${axis}`, splat(get(`centre${axis}`)))}
  ${set(`across${axis}`, splat(get(`next${axis}`)))}`,
    )
    .join('')}
  ${set('leastX', get('zero'))}
  ${set('mostX', splat('(f64.sub (local.get $highX) (f64.const 1))'))}
  ${set('leastZ', splat(get('firstSlice')))}
  ${set('mostZ', splat(get('lastSlice')))}
  ${set('sLayer', splat('(f64.sub (local.get $sourceY) (local.get $lowY))'))}
  ;; Less than the last face by too little to matter, so that the last layer holds it.
  ${set('highLayer', splat('(f64.sub (f64.sub (local.get $highY) (local.get $lowY)) (f64.const 1e-10))'))}
  ${set('u', '(f64x2.replace_lane 1 (f64x2.splat (local.get $firstU)) (f64.add (local.get $firstU) (f64.const 1)))')}
  (loop $pair
    (block $missed
      ${set('enter', get('zero'))}
      ${set('leave', get('one'))}
      ${slab('X')} ${slab('Y')} ${slab('Z')}
      ${set('hit', `(f64x2.gt ${get('leave')} ${get('enter')})`)}
      ${set('hit', and(get('hit'), `(f64x2.lt ${get('u')} ${get('end')})`))}
      (br_if $missed (i32.eqz (v128.any_true (local.get $hit))))
      ${set('inverseY', and(get('inverseY'), get('hit')))}
      ${columns('X', 'columnBytes')} ${columns('Z', 'sliceBytes')}
      ${['whole0', 'whole1', 'part0', 'part1'].map((name) => set(name, get('zero'))).join('\n')}
      ${ends}
      ${crossings('X', 'Z', 'f64x2.le', 'columnBytes', 'sliceBytes')}
      ${crossings('Z', 'X', 'f64x2.lt', 'sliceBytes', 'columnBytes')}
      ${store(0)} ${store(1)})
    ${set('u', add(get('u'), get('two')))}
    (local.set $integral (i32.add (local.get $integral) (i32.const 32)))
    (br_if $pair (f64.lt ${lane(0, get('u'))} (local.get $endU)))))
`;
