/** plastimatch 1.9.4 as an outside projector: the oracle of the tests and the peer of the benchmark. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mm } from '../../contract/units.ts';
import type { PatientPoint, Volume } from '../../volume/volume.ts';
import { cross } from '../geometry.ts';
import type { ConeBeamGeometry, Direction } from '../geometry.ts';

/** A view in plastimatch's own words; distances in mm. */
export interface PlastimatchView {
  /** From the isocentre to the source. */
  readonly normal: Direction;
  readonly up: Direction;
  readonly isocentre: PatientPoint;
  readonly sourceToIsocentre: number;
  readonly sourceToDetector: number;
  readonly rows: number;
  readonly columns: number;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
}

export const isPlastimatchInstalled = (program = 'plastimatch'): boolean =>
  spawnSync(program, ['--version']).status === 0;

/** plastimatch's frame: source = isocentre + distance · n, columns along up × n, rows against up. */
export function geometryOf(view: PlastimatchView): ConeBeamGeometry {
  const unit = (v: Direction): Direction => {
    const length = Math.hypot(...v);
    return [v[0] / length, v[1] / length, v[2] / length];
  };
  const { isocentre, sourceToIsocentre, sourceToDetector } = view;
  const n = unit(view.normal);
  const right = unit(cross(unit(view.up), n));
  const upward = cross(n, right);
  const from = (distance: number): PatientPoint => [
    mm(isocentre[0] + distance * n[0]),
    mm(isocentre[1] + distance * n[1]),
    mm(isocentre[2] + distance * n[2]),
  ];
  return {
    source: from(sourceToIsocentre),
    detectorCentre: from(sourceToIsocentre - sourceToDetector),
    columnDirection: right,
    rowDirection: [-upward[0], -upward[1], -upward[2]],
    rows: view.rows,
    columns: view.columns,
    rowSpacing: mm(view.pixelHeight),
    columnSpacing: mm(view.pixelWidth),
  };
}

export interface PlastimatchRun {
  readonly threads?: number;
  /** 'exact' is Siddon's path; 'uniform' samples the trilinear field at even steps. */
  readonly interpolation?: 'exact' | 'uniform';
  /** Another build than the one on the PATH. */
  readonly program?: string;
}

/** A volume with the patient's axes, where plastimatch can read it. */
export interface PlastimatchVolume {
  /**
   * The line integrals, rows × columns, and the seconds that plastimatch itself reports, loading and saving apart.
   */
  drr(view: PlastimatchView, run?: PlastimatchRun): { path: Float32Array; seconds: number };
  /** Deletes what was written. */
  close(): void;
}

export function openPlastimatch(volume: Volume): PlastimatchVolume {
  const folder = mkdtempSync(join(tmpdir(), 'calcar-plastimatch-'));
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
  const file = join(folder, 'volume.mha');
  writeFileSync(file, header);
  appendFileSync(file, new Uint8Array(Int16Array.from(volume.hounsfield).buffer));

  return {
    drr(view, { threads = 1, interpolation = 'exact', program = 'plastimatch' } = {}) {
      const { rows, columns, pixelWidth, pixelHeight } = view;
      // The help says rows before columns for -r, -z and -c; the program takes columns first.
      const report = execFileSync(
        program,
        [
          ...['drr', '-A', 'cpu', '-i', interpolation, '-P', 'preprocess', '-t', 'raw'],
          ...['--sad', String(view.sourceToIsocentre), '--sid', String(view.sourceToDetector)],
          ...['-r', `${columns} ${rows}`, '-z', `${columns * pixelWidth} ${rows * pixelHeight}`],
          ...['-c', `${(columns - 1) / 2} ${(rows - 1) / 2}`, '-o', view.isocentre.join(' ')],
          ...['--nrm', view.normal.join(' '), '--vup', view.up.join(' '), '-O', 'out_', 'volume.mha'],
        ],
        {
          cwd: folder,
          stdio: 'pipe',
          encoding: 'utf8',
          env: { ...process.env, OMP_NUM_THREADS: String(threads) },
        },
      );
      const raw = readFileSync(join(folder, 'out_0000.raw'));
      return {
        path: Float32Array.from({ length: raw.length / 4 }, (_, n) => raw.readFloatLE(4 * n)),
        seconds: Number(/Total time:\s*([\d.]+)/.exec(report)?.[1]),
      };
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
