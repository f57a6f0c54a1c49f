import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { PatientPoint, Volume } from '../volume/volume.ts';
import { alignedDirection } from '../volume/volume.ts';
import { cross } from './geometry.ts';
import type { ConeBeamGeometry, Direction } from './geometry.ts';
import { plastimatchAttenuation, radiologicalPath } from './projector.ts';

const installed = spawnSync('plastimatch', ['--version']).error === undefined;
if (!installed) {
  console.info(
    'plastimatch is not installed: its comparison is skipped (Debian: apt-get install plastimatch).',
  );
}

/** Grainy balls and a rod in a box padded with two voxels of air: plastimatch clips rays at voxel centres. */
function grainyVolume(): Volume {
  const size = [72, 60, 66] as const;
  const spacing = [mm(2.5), mm(3), mm(2)] as const;
  const random = seeded(0x9e3779b1);
  const hounsfield = new Int16Array(size[0] * size[1] * size[2]).fill(-1000);
  for (let k = 2; k < size[2] - 2; k++) {
    for (let j = 2; j < size[1] - 2; j++) {
      for (let i = 2; i < size[0] - 2; i++) {
        const n = i + size[0] * (j + size[1] * k);
        const grain = Math.round(random.between(-40, 40));
        if (Math.hypot((i - 36) / 32, (j - 30) / 25, (k - 33) / 30) < 1) hounsfield[n] = 30 + grain;
        if (Math.hypot(i - 45, j - 28, k - 40) < 9) hounsfield[n] = 900 + grain;
        if (Math.hypot(i - 25, j - 33) < 4) hounsfield[n] = 1600 + grain;
        if (Math.hypot(i - 36, j - 20, k - 20) < 5) hounsfield[n] = -950;
      }
    }
  }
  return { size, spacing, origin: [mm(-88), mm(-91), mm(-60)], direction: alignedDirection, hounsfield };
}

interface View {
  readonly name: string;
  readonly normal: Direction;
  readonly up: Direction;
  readonly isocentre: PatientPoint;
  readonly rows: number;
  readonly columns: number;
}

const distances = { source: 1000, detector: 1400 };
const pixel = { width: 1.3, height: 1.1 };

/** plastimatch's frame: source = isocentre + SAD · n, columns along up × n, rows against up. */
function geometryOf({ normal, up, isocentre, rows, columns }: View): ConeBeamGeometry {
  const unit = (v: Direction): Direction => {
    const length = Math.hypot(...v);
    return [v[0] / length, v[1] / length, v[2] / length];
  };
  const n = unit(normal);
  const right = unit(cross(unit(up), n));
  const upward = cross(n, right);
  const from = (distance: number): PatientPoint => [
    mm(isocentre[0] + distance * n[0]),
    mm(isocentre[1] + distance * n[1]),
    mm(isocentre[2] + distance * n[2]),
  ];
  return {
    source: from(distances.source),
    detectorCentre: from(distances.source - distances.detector),
    columnDirection: right,
    rowDirection: [-upward[0], -upward[1], -upward[2]],
    rows,
    columns,
    rowSpacing: mm(pixel.height),
    columnSpacing: mm(pixel.width),
  };
}

function plastimatch(volume: Volume, view: View): Float32Array {
  const folder = mkdtempSync(join(tmpdir(), 'calcar-plastimatch-'));
  try {
    const header = [
      'ObjectType = Image',
      'NDims = 3',
      'BinaryData = True',
      'BinaryDataByteOrderMSB = False',
      'TransformMatrix = 1 0 0 0 1 0 0 0 1',
      `Offset = ${volume.origin.join(' ')}`,
      `ElementSpacing = ${volume.spacing.join(' ')}`,
      `DimSize = ${volume.size.join(' ')}`,
      'ElementType = MET_SHORT',
      'ElementDataFile = LOCAL',
      '',
    ].join('\n');
    const { buffer, byteOffset, byteLength } = volume.hounsfield;
    const voxels = new Uint8Array(buffer, byteOffset, byteLength);
    writeFileSync(join(folder, 'volume.mha'), Buffer.concat([Buffer.from(header), voxels]));
    const { rows, columns, normal, up, isocentre } = view;
    execFileSync(
      'plastimatch',
      [
        ...['drr', '-A', 'cpu', '-i', 'exact', '-P', 'preprocess', '-t', 'raw'],
        ...['--sad', String(distances.source), '--sid', String(distances.detector)],
        ...['-r', `${columns} ${rows}`, '-z', `${columns * pixel.width} ${rows * pixel.height}`],
        ...['-c', `${(columns - 1) / 2} ${(rows - 1) / 2}`, '-o', isocentre.join(' ')],
        ...['--nrm', normal.join(' '), '--vup', up.join(' '), '-O', 'out_', 'volume.mha'],
      ],
      { cwd: folder, stdio: 'pipe' },
    );
    const raw = readFileSync(join(folder, 'out_0000.raw'));
    return Float32Array.from({ length: raw.length / 4 }, (_, n) => raw.readFloatLE(4 * n));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!installed)('radiologicalPath beside plastimatch -i exact', () => {
  const views: View[] = [
    {
      name: 'straight',
      normal: [0, -1, 0],
      up: [0, 0, 1],
      isocentre: [mm(0), mm(0), mm(0)],
      rows: 150,
      columns: 200,
    },
    {
      name: 'oblique',
      normal: [0.3, -0.9, 0.2],
      up: [0.05, 0, 1],
      isocentre: [mm(12), mm(-7), mm(9)],
      rows: 170,
      columns: 130,
    },
  ];
  it.each(views)('is the same to the rounding of its floats, $name', (view) => {
    const volume = grainyVolume();
    const ours = radiologicalPath(volume, geometryOf(view), plastimatchAttenuation);
    const theirs = plastimatch(volume, view);
    expect(theirs.length).toBe(ours.length);
    const highest = Math.max(...theirs);
    expect(highest).toBeGreaterThan(0.3);
    let worst = 0;
    theirs.forEach((value, n) => (worst = Math.max(worst, Math.abs(value - ours[n]!))));
    // One part in 2^22 of the highest value: a few roundings of a 32-bit float.
    expect(worst).toBeLessThan(highest / 2 ** 22);
  });
});
