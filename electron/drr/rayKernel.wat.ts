/**
 * The innermost loop of the exact projector, as WebAssembly text: V8 has no other way to add soft tissue and bone with
 * one instruction. `siddon.ts` is the same walk in TypeScript, and its twin in the tests.
 *
 * The memory begins with the table: for each of the 65,536 patterns of a 16-bit HU, in the order of the pattern read
 * as unsigned, two float64 per mm. A brick of 16-bit HU and the sums, two float64 a pixel, lie anywhere behind it.
 */

/** From the source to the pixel; 0 where so small that its inverse would be no number. */
const towards = (axis: 'X' | 'Y' | 'Z'): string => `
  (local.set $a (f64.add (local.get $to${axis}) (f64.mul (local.get $u) (local.get $across${axis}))))
  (local.set $d${axis} (select (local.get $a) (f64.const 0) (f64.gt (f64.abs (local.get $a)) (f64.const 1e-200))))`;

/** Share of the way to the detector at which a ray enters and leaves the brick along one axis. */
const slab = (axis: 'X' | 'Y' | 'Z'): string => `
  (if (f64.eq (local.get $d${axis}) (f64.const 0))
    (then
      ;; Along a face between two bricks a ray is in the one that begins there.
      (br_if $missed (f64.lt (local.get $s${axis}) (f64.const 0)))
      (br_if $missed (f64.ge (local.get $s${axis}) (local.get $n${axis})))
      (local.set $step${axis} (f64.const 0))
      (local.set $next${axis} (f64.const inf)))
    (else
      (local.set $next${axis} (f64.div (f64.const 1) (local.get $d${axis})))
      (local.set $step${axis} (f64.abs (local.get $next${axis})))
      (local.set $a (f64.mul (f64.neg (local.get $s${axis})) (local.get $next${axis})))
      (local.set $b (f64.mul (f64.sub (local.get $n${axis}) (local.get $s${axis})) (local.get $next${axis})))
      (local.set $enter (f64.max (local.get $enter) (f64.min (local.get $a) (local.get $b))))
      (local.set $leave (f64.min (local.get $leave) (f64.max (local.get $a) (local.get $b))))))`;

/** The voxel in which the ray enters, and the share of the way at which it meets the next face. */
const start = (axis: 'X' | 'Y' | 'Z', move: string, stride: string): string => `
  (local.set $a
    (f64.max (f64.const 0)
      (f64.min (f64.sub (local.get $n${axis}) (f64.const 1))
        (f64.floor (f64.add (local.get $s${axis}) (f64.mul (local.get $enter) (local.get $d${axis})))))))
  (local.set $voxel
    (i32.add (local.get $voxel) (i32.mul (i32.trunc_sat_f64_s (local.get $a)) (local.get ${stride}))))
  (local.set ${move} (local.get ${stride}))
  (if (f64.gt (local.get $d${axis}) (f64.const 0))
    (then
      (local.set $next${axis}
        (f64.mul (f64.sub (f64.add (local.get $a) (f64.const 1)) (local.get $s${axis})) (local.get $step${axis}))))
    (else
      (local.set ${move} (i32.sub (i32.const 0) (local.get ${stride})))
      (if (f64.lt (local.get $d${axis}) (f64.const 0))
        (then
          (local.set $next${axis}
            (f64.mul (f64.sub (local.get $s${axis}) (local.get $a)) (local.get $step${axis})))))))`;

const tableEntry = '(v128.load (i32.shl (i32.load16_u (local.get $voxel)) (i32.const 4)))';

export const rayKernelText = `
(memory "host" "memory")
(func "traceRow"
  ;; Where the brick begins, its strides in bytes, and its size in voxels.
  (param $brick i32) (param $strideX i32) (param $strideY i32) (param $strideZ i32)
  (param $nX f64) (param $nY f64) (param $nZ f64)
  ;; The source in the brick's voxels; from it to the pixel at u = 0, and from a pixel to the next.
  (param $sX f64) (param $sY f64) (param $sZ f64)
  (param $toX f64) (param $toY f64) (param $toZ f64)
  (param $acrossX f64) (param $acrossY f64) (param $acrossZ f64)
  ;; The first pixel: its u and its sum; how many pixels.
  (param $u f64) (param $sum i32) (param $pixels i32)
  (local $dX f64) (local $dY f64) (local $dZ f64)
  (local $stepX f64) (local $stepY f64) (local $stepZ f64)
  (local $nextX f64) (local $nextY f64) (local $nextZ f64)
  (local $moveX i32) (local $moveY i32) (local $moveZ i32)
  (local $enter f64) (local $leave f64) (local $a f64) (local $b f64)
  (local $t f64) (local $stop f64) (local $perLayer f64)
  (local $voxel i32) (local $layers i32) (local $left i32)
  (local $parts v128) (local $whole v128) (local $whole2 v128)
  (loop $ray
    (block $missed
      ${towards('X')} ${towards('Y')} ${towards('Z')}
      (local.set $enter (f64.const 0))
      (local.set $leave (f64.const 1))
      ${slab('X')} ${slab('Y')} ${slab('Z')}
      ;; Stops short of the face by far less than any voxel, so that rounding never steps outside.
      (local.set $leave (f64.sub (local.get $leave) (f64.const 1e-11)))
      (br_if $missed (i32.eqz (f64.gt (local.get $leave) (local.get $enter))))
      (local.set $voxel (local.get $brick))
      ${start('X', '$moveX', '$strideX')} ${start('Y', '$moveY', '$strideY')} ${start('Z', '$moveZ', '$strideZ')}
      (local.set $perLayer (f64.abs (local.get $dY)))
      (local.set $t (local.get $enter))
      (local.set $parts (f64x2.splat (f64.const 0)))
      (local.set $whole (f64x2.splat (f64.const 0)))
      (local.set $whole2 (f64x2.splat (f64.const 0)))
      (block $done
        (loop $run
          ;; A run: from here to the next face of x or z, or to the end.
          (local.set $stop (f64.min (f64.min (local.get $nextX) (local.get $nextZ)) (local.get $leave)))
          (if (f64.lt (local.get $nextY) (local.get $stop))
            (then
              (local.set $parts (f64x2.add (local.get $parts)
                (f64x2.mul ${tableEntry} (f64x2.splat (f64.sub (local.get $nextY) (local.get $t))))))
              (local.set $voxel (i32.add (local.get $voxel) (local.get $moveY)))
              (local.set $layers (i32.trunc_sat_f64_s
                (f64.mul (f64.sub (local.get $stop) (local.get $nextY)) (local.get $perLayer))))
              (local.set $t (f64.add (local.get $nextY)
                (f64.mul (f64.convert_i32_s (local.get $layers)) (local.get $stepY))))
              (local.set $nextY (f64.add (local.get $t) (local.get $stepY)))
              ;; Whole layers, two at a time in sums of their own, so that one addition need not wait for the other.
              (local.set $left (i32.sub (local.get $layers) (i32.const 1)))
              (block $pairs
                (br_if $pairs (i32.lt_s (local.get $left) (i32.const 1)))
                (loop $pair
                  (local.set $whole (f64x2.add (local.get $whole) ${tableEntry}))
                  (local.set $voxel (i32.add (local.get $voxel) (local.get $moveY)))
                  (local.set $whole2 (f64x2.add (local.get $whole2) ${tableEntry}))
                  (local.set $voxel (i32.add (local.get $voxel) (local.get $moveY)))
                  (local.set $left (i32.sub (local.get $left) (i32.const 2)))
                  (br_if $pair (i32.gt_s (local.get $left) (i32.const 0)))))
              (if (i32.eqz (local.get $left))
                (then
                  (local.set $whole (f64x2.add (local.get $whole) ${tableEntry}))
                  (local.set $voxel (i32.add (local.get $voxel) (local.get $moveY)))))))
          (local.set $parts (f64x2.add (local.get $parts)
            (f64x2.mul ${tableEntry} (f64x2.splat (f64.sub (local.get $stop) (local.get $t))))))
          (br_if $done (f64.eq (local.get $stop) (local.get $leave)))
          (local.set $t (local.get $stop))
          (if (f64.lt (local.get $nextX) (local.get $nextZ))
            (then
              (local.set $nextX (f64.add (local.get $nextX) (local.get $stepX)))
              (local.set $voxel (i32.add (local.get $voxel) (local.get $moveX))))
            (else
              (local.set $nextZ (f64.add (local.get $nextZ) (local.get $stepZ)))
              (local.set $voxel (i32.add (local.get $voxel) (local.get $moveZ)))))
          (br $run)))
      (v128.store (local.get $sum)
        (f64x2.add (v128.load (local.get $sum))
          (f64x2.add (local.get $parts)
            (f64x2.mul (f64x2.add (local.get $whole) (local.get $whole2)) (f64x2.splat (local.get $stepY)))))))
    (local.set $u (f64.add (local.get $u) (f64.const 1)))
    (local.set $sum (i32.add (local.get $sum) (i32.const 16)))
    (local.set $pixels (i32.sub (local.get $pixels) (i32.const 1)))
    (br_if $ray (i32.gt_s (local.get $pixels) (i32.const 0)))))
`;
