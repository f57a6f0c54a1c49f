import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import { type ImplantKind, implantKinds } from './implantParameters.ts';
import { metalHounsfield } from './implants.ts';
import { buildPhantom, type Phantom, samplePatient } from './phantom.ts';

const voxel = 2;

const made = new Map<ImplantKind, Phantom>();

/** A patient with an implant on the left; built once. */
function built(implant: ImplantKind): Phantom {
  const patient = samplePatient(seeded(51), { findings: { left: { implant } } });
  const phantom = made.get(implant) ?? buildPhantom(patient, mm(voxel), seeded(51));
  made.set(implant, phantom);
  return phantom;
}

/** Centres of the voxels that are at least half this dense, in patient coordinates. */
function voxelsOf({ volume }: Phantom, hounsfield: number): [number, number, number][] {
  const [nx, ny] = volume.size;
  const found: [number, number, number][] = [];
  volume.hounsfield.forEach((value, index) => {
    if (value < hounsfield / 2) return;
    const [i, j, k] = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    const [ox, oy, oz] = volume.origin;
    found.push([ox + voxel * i, oy + voxel * j, oz + voxel * k]);
  });
  return found;
}

describe('implants', () => {
  it('are named in the truth, on their side only, and put the hip out of scope', () => {
    for (const implant of implantKinds) {
      const phantom = built(implant);
      const { left, right } = phantom.truth.hips;
      expect(left).toMatchObject({ implant, outOfScope: true, grade: 'none', condition: 'none' });
      expect(right).toMatchObject({ implant: null, outOfScope: false });
      const metal = voxelsOf(phantom, metalHounsfield.titanium);
      expect(metal.length).toBeGreaterThan(200);
      for (const [x] of metal) expect(x).toBeGreaterThan(0);
    }
  });

  it('has a ball the size of the head it replaced, in its place', () => {
    const phantom = built('hemiarthroplasty');
    const { left } = phantom.truth.hips;
    const { implant } = phantom.truth.patient.left;
    if (implant?.kind !== 'hemiarthroplasty') throw new Error('asked for a hemiarthroplasty');
    const radius = implant.ballDiameter / 2;
    // Away from the stem: the half of the ball that faces the socket.
    const ball = voxelsOf(phantom, metalHounsfield['cobalt-chrome']).filter(
      ([x, , z]) => z - left.headCentre[2] > 0.7 * (x - left.headCentre[0]),
    );
    const halfBall = ((4 / 3) * Math.PI * radius ** 3) / 2;
    expect((ball.length * voxel ** 3) / halfBall).toBeGreaterThan(0.93);
    expect((ball.length * voxel ** 3) / halfBall).toBeLessThan(1.07);
    const furthest = Math.max(
      ...ball.map(([x, y, z]) =>
        Math.hypot(x - left.headCentre[0], y - left.headCentre[1], z - left.headCentre[2]),
      ),
    );
    expect(Math.abs(furthest - radius)).toBeLessThan(voxel);
    expect(implant.ballDiameter).toBeCloseTo(left.headDiameter, -0.3);
  });

  it('stops short of the joint: no screw or nail comes out of the head', () => {
    for (const kind of ['cannulated-screws', 'sliding-hip-screw', 'cephalomedullary-nail'] as const) {
      const phantom = built(kind);
      const { headCentre, headDiameter } = phantom.truth.hips.left;
      const { implant } = phantom.truth.patient.left;
      const metal = voxelsOf(
        phantom,
        implant !== null && 'metal' in implant ? metalHounsfield[implant.metal] : 0,
      );
      // The half of the head that faces the socket, and its surroundings.
      const tips = metal
        .map(([x, y, z]) => [x - headCentre[0], y - headCentre[1], z - headCentre[2]] as const)
        .filter(([x, y, z]) => x < 0 && Math.hypot(x, y, z) < headDiameter)
        .filter(([x, , z]) => z > x);
      expect(tips.length).toBeGreaterThan(10);
      for (const tip of tips) expect(Math.hypot(...tip)).toBeLessThan(headDiameter / 2);
    }
  });

  it('holds a fracture that was reduced first', () => {
    const fresh = samplePatient(seeded(54), { left: 'IV' }).left.fracture;
    const fixed = samplePatient(seeded(54), {
      left: 'IV',
      findings: { left: { implant: 'cannulated-screws' } },
    }).left.fracture;
    expect(fixed?.migration).toBeLessThan(0.2 * (fresh?.migration ?? 0));
    expect(fixed?.pauwelsAngle).toBe(fresh?.pauwelsAngle);
  });
});
