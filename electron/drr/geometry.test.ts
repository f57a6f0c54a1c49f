import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { degrees, mm } from '../contract/units.ts';
import type { PatientPoint } from '../volume/volume.ts';
import { anteroposterior, dot, projectBox, projectPoint, sourceToDetectorPlane } from './geometry.ts';
import type { AnteroposteriorSetup } from './geometry.ts';

const point = (x: number, y: number, z: number): PatientPoint => [mm(x), mm(y), mm(z)];
const plain: AnteroposteriorSetup = {
  isocentre: point(5, -3, 8),
  sourceToImageDistance: mm(1150),
  sourceToObjectDistance: mm(1000),
  rows: 300,
  columns: 400,
  spacing: mm(0.8),
};
const angle = fc.double({ min: -40, max: 40, noNaN: true }).map(degrees);
const turned = fc
  .record({
    craniocaudalAngle: angle,
    axialAngle: angle,
    detectorRoll: angle,
    detectorShift: fc.tuple(angle.map(mm), angle.map(mm)),
  })
  .map((angles) => anteroposterior({ ...plain, ...angles }));

describe('anteroposterior', () => {
  it('shows the patient as a radiologist reads him: his left on the right, his head up', () => {
    const geometry = anteroposterior(plain);
    const centre = projectPoint(geometry, plain.isocentre);
    expect(centre.x).toBeCloseTo(200, 9);
    expect(centre.y).toBeCloseTo(150, 9);
    expect(projectPoint(geometry, point(15, -3, 8)).x).toBeGreaterThan(centre.x);
    expect(projectPoint(geometry, point(5, -3, 18)).y).toBeLessThan(centre.y);
    expect(geometry.source[1]).toBeLessThan(geometry.detectorCentre[1]);
  });

  it('magnifies by the ratio of the distances', () => {
    const geometry = anteroposterior(plain);
    const a = projectPoint(geometry, point(-45, -3, 8));
    const b = projectPoint(geometry, point(55, -3, 8));
    expect((b.x - a.x) * 0.8).toBeCloseTo(100 * (1150 / 1000), 6);
    // 100 mm nearer to the tube: SID / (SOD - 100).
    const c = projectPoint(geometry, point(-45, -103, 8));
    const d = projectPoint(geometry, point(55, -103, 8));
    expect((d.x - c.x) * 0.8).toBeCloseTo(100 * (1150 / 900), 6);
  });

  it('keeps a right-angled detector at the asked distance, and its pixels where its document says, at any angle', () => {
    fc.assert(
      fc.property(
        turned,
        fc.nat(299),
        fc.nat(399),
        fc.double({ min: 0.2, max: 0.95, noNaN: true }),
        (geometry, r, c, t) => {
          const { columnDirection, rowDirection, source, detectorCentre } = geometry;
          expect(dot(columnDirection, rowDirection)).toBeCloseTo(0, 12);
          expect(dot(columnDirection, columnDirection)).toBeCloseTo(1, 12);
          expect(dot(rowDirection, rowDirection)).toBeCloseTo(1, 12);
          expect(sourceToDetectorPlane(geometry)).toBeCloseTo(1150, 8);
          const u = (c + 0.5 - 200) * 0.8;
          const v = (r + 0.5 - 150) * 0.8;
          const onRay = [0, 1, 2].map((n) => {
            const pixel = detectorCentre[n]! + u * columnDirection[n]! + v * rowDirection[n]!;
            return mm(source[n]! + t * (pixel - source[n]!));
          });
          const hit = projectPoint(geometry, onRay as unknown as PatientPoint);
          expect(hit.x).toBeCloseTo(c + 0.5, 7);
          expect(hit.y).toBeCloseTo(r + 0.5, 7);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tilts the beam toward the head for a positive craniocaudal angle', () => {
    const geometry = anteroposterior({ ...plain, craniocaudalAngle: degrees(20) });
    expect(geometry.source[2]).toBeLessThan(8);
    expect(geometry.detectorCentre[2]).toBeGreaterThan(8);
  });

  it('refuses distances and detectors that cannot be', () => {
    expect(() => anteroposterior({ ...plain, sourceToObjectDistance: mm(1200) })).toThrow('X-ray tube');
    expect(() => anteroposterior({ ...plain, rows: 0 })).toThrow('no pixels');
    expect(() => anteroposterior({ ...plain, spacing: mm(Number.NaN) })).toThrow('no pixels');
  });
});

describe('projectBox', () => {
  it('is the hull of the shadows', () => {
    const geometry = anteroposterior(plain);
    const points = [point(-20, -3, 0), point(30, 10, 4), point(0, -40, 50)];
    const box = projectBox(geometry, points);
    const shadows = points.map((p) => projectPoint(geometry, p));
    expect(box.x).toBe(Math.min(...shadows.map((s) => s.x)));
    expect(box.x + box.width).toBeCloseTo(Math.max(...shadows.map((s) => s.x)), 9);
    expect(box.y + box.height).toBeCloseTo(Math.max(...shadows.map((s) => s.y)), 9);
    expect(() => projectBox(geometry, points.slice(0, 1))).toThrow('more points');
    expect(() => projectPoint(geometry, point(0, -2000, 0))).toThrow('behind the X-ray tube');
  });
});
