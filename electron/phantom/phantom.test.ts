import { describe, expect, it } from 'vitest';
import { CalcarError } from '../contract/errors.ts';
import { degrees, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { PatientPoint, Volume } from '../volume/volume.ts';
import { noArthritis } from './arthritisParameters.ts';
import { buildPhantom, type PatientParameters, samplePatient } from './phantom.ts';

/** A patient whose necks lie in the frontal plane, so that plain slices measure them. */
function straight(seed: number): PatientParameters {
  const patient = samplePatient(seeded(seed));
  const neutral = {
    anteversion: degrees(0),
    externalRotation: degrees(0),
    adduction: degrees(0),
    arthritis: noArthritis,
  };
  return {
    ...patient,
    subcutaneousFat: mm(25),
    muscleFat: 0.1,
    bowelGasPockets: 0,
    pelvicAsymmetry: 0,
    left: { ...patient.left, ...neutral },
    right: { ...patient.right, ...neutral },
  };
}

function at(volume: Volume, [x, y, z]: readonly [number, number, number]): number {
  const index = [x, y, z].map((value, axis) =>
    Math.round((value - volume.origin[axis]!) / volume.spacing[axis]!),
  );
  const [i, j, k] = index as [number, number, number];
  return volume.hounsfield[i + volume.size[0] * (j + volume.size[1] * k)]!;
}

/** Crossing of a level between two samples of a profile, by linear interpolation. */
function crossing(r: number, before: number, after: number, step: number, level: number): number {
  return r - step + (step * (before - level)) / (before - after);
}

const patient = straight(2024);
const { volume, truth } = buildPhantom(patient, mm(1), seeded(9));
const left = truth.hips.left;
const [hx, hy, hz] = left.headCentre;

describe('buildPhantom', () => {
  it('has a spherical head of its diameter about its centre, measured on the voxels', () => {
    const radii: number[] = [];
    for (let polar = 10; polar <= 60; polar += 5) {
      for (let turn = 0; turn < 360; turn += 15) {
        const p = (polar * Math.PI) / 180;
        const t = (turn * Math.PI) / 180;
        // Over the dome of the head, where the joint space is outside it.
        const d = [Math.sin(p) * Math.cos(t) - 0.3, Math.sin(p) * Math.sin(t), Math.cos(p)];
        const norm = Math.hypot(...d);
        const step = 0.25;
        let before = Infinity;
        for (let r = left.headDiameter / 2 - 2; r < left.headDiameter / 2 + 2; r += step) {
          const value = at(volume, [
            hx + (r * d[0]!) / norm,
            hy + (r * d[1]!) / norm,
            hz + (r * d[2]!) / norm,
          ]);
          // Half-way from subchondral plate to joint.
          if (value < 450 && before >= 450 && before < 1e4) {
            radii.push(crossing(r, before, value, step, 450));
            break;
          }
          before = value;
        }
      }
    }
    expect(radii.length).toBeGreaterThan(100);
    const radius = radii.reduce((a, b) => a + b, 0) / radii.length;
    expect(Math.abs(radius - left.headDiameter / 2)).toBeLessThan(0.5);
  });

  it('has its neck-shaft angle, measured on a frontal slice', () => {
    // As it is read on films: from the centre of the head through the middle of the neck at its narrowest.
    const across = ((left.neckShaftAngle - 90) * Math.PI) / 180;
    const down = [Math.cos(across), -Math.sin(across)] as const;
    const up = [Math.sin(across), Math.cos(across)] as const;
    const border = (x: number, z: number, sign: number): number => {
      // From outside, short of the socket's rim, to the first cortex.
      for (let r = 21; r > 6; r -= 0.25) {
        if (at(volume, [hx + x + sign * r * up[0], hy, hz + z + sign * r * up[1]]) > 250) return sign * r;
      }
      return NaN;
    };
    let narrowest = Infinity;
    let angle = NaN;
    for (let s = left.headDiameter / 2 - 5; s < left.headDiameter / 2 + 8; s++) {
      const [x, z] = [s * down[0], s * down[1]];
      const [top, bottom] = [border(x, z, 1), border(x, z, -1)];
      if (!(top - bottom < narrowest)) continue;
      narrowest = top - bottom;
      const middle = (top + bottom) / 2;
      const [mx, mz] = [x + middle * up[0], z + middle * up[1]];
      // The shaft is upright here; the neck runs down and out.
      angle = 90 + (Math.atan2(-1 * mz, mx) * 180) / Math.PI;
    }
    expect(Math.abs(angle - Number(left.neckShaftAngle))).toBeLessThan(3);
    expect(Math.abs(narrowest - Number(patient.left.neckDiameterSuperoinferior))).toBeLessThan(2);
  });

  it('puts the patient’s left at +x and mirrors a mirrored patient', () => {
    expect(hx).toBeCloseTo(patient.hipSeparation / 2, 9);
    expect(truth.hips.right.headCentre[0]).toBeCloseTo(-0.5 * patient.hipSeparation, 9);
    expect(left.greaterTrochanter[0]).toBeGreaterThan(hx);
    expect(left.lesserTrochanter[2]).toBeLessThan(left.neckMidpoint[2]);
    const twin = buildPhantom({ ...patient, right: patient.left }, mm(2), seeded(3)).volume;
    const [nx, ny, nz] = twin.size;
    let bone = 0;
    let unlike = 0;
    for (let row = 0; row < ny * nz; row++) {
      for (let i = 0; i < nx / 2; i++) {
        const one = twin.hounsfield[row * nx + i]! > 350;
        const other = twin.hounsfield[row * nx + nx - 1 - i]! > 350;
        if (one || other) bone++;
        if (one !== other) unlike++;
      }
    }
    expect(bone).toBeGreaterThan(5000);
    expect(unlike / bone).toBeLessThan(0.03);
  });

  it('has the densities of CT: air, fat, muscle, cortex, marrow, spongy bone', () => {
    const mean = (centre: readonly [number, number, number], half: number) => {
      let sum = 0;
      let count = 0;
      for (let x = -half; x <= half; x++)
        for (let y = -half; y <= half; y++)
          for (let z = -half; z <= half; z++) {
            sum += at(volume, [centre[0] + x, centre[1] + y, centre[2] + z]);
            count++;
          }
      return sum / count;
    };
    const shaft = [hx + patient.left.offset, 0, left.lesserTrochanter[2] - 60] as const;
    expect(volume.hounsfield[0]).toBe(-1000);
    const skin = patient.bodyHalfWidth;
    const fat = mean([skin - 12, 8, -90], 3);
    expect(fat).toBeGreaterThan(-130);
    expect(fat).toBeLessThan(-80);
    const muscle = mean([shaft[0] - 32, 0, shaft[2]], 6);
    expect(muscle).toBeGreaterThan(0);
    expect(muscle).toBeLessThan(75);
    const marrow = mean(shaft, 2);
    expect(marrow).toBeGreaterThan(-80);
    expect(marrow).toBeLessThan(0);
    let densest = -Infinity;
    for (let x = 0; x < 25; x += 0.5) densest = Math.max(densest, at(volume, [shaft[0] + x, 0, shaft[2]]));
    expect(densest).toBeGreaterThan(1000);
    expect(densest).toBeLessThan(1800);
    const head = mean([hx, hy, hz], 5);
    expect(head).toBeGreaterThan(100);
    expect(head).toBeLessThan(650);
  });

  it('gives the same bytes for the same seed and others for another', () => {
    const build = (seed: number) => buildPhantom(patient, mm(3), seeded(seed)).volume.hounsfield;
    expect(build(70)).toEqual(build(70));
    expect(build(70)).not.toEqual(build(71));
  });

  it('shows a displaced fracture as a gap in the bone, and none where the patient is whole', () => {
    const broken = samplePatient(seeded(2024), { left: 'IV' });
    const { volume: film, truth: known } = buildPhantom(broken, mm(2), seeded(1));
    const hip = known.hips.left;
    const { distal, proximal } = hip.fragments;
    expect(proximal.translation).not.toEqual(distal.translation);
    // The moved trochanter is bone where it now is.
    const inside: PatientPoint = [
      hip.greaterTrochanter[0],
      hip.greaterTrochanter[1],
      mm(hip.greaterTrochanter[2] - 10),
    ];
    expect(at(film, inside)).toBeGreaterThan(-60);
    expect(Math.hypot(...known.hips.right.fragments.distal.translation)).toBeLessThan(1e-9);
  });

  it('holds both hips’ boxes with room below and above', () => {
    const top = volume.origin[2] + (volume.size[2] - 1) * volume.spacing[2];
    for (const hip of [truth.hips.left, truth.hips.right]) {
      for (const [x, , z] of hip.boxCorners) {
        expect(Math.abs(x)).toBeLessThan(Math.abs(volume.origin[0]));
        expect(z).toBeGreaterThan(volume.origin[2]);
        expect(z).toBeLessThan(top);
      }
    }
  });

  it('refuses a voxel size it cannot draw', () => {
    expect(() => buildPhantom(patient, mm(0), seeded(1))).toThrow(CalcarError);
    expect(() => buildPhantom(patient, mm(Number.NaN), seeded(1))).toThrow(CalcarError);
  });
});
