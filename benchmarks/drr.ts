/**
 * `npm run bench:drr [-- --json]`: line integrals beside plastimatch's exact projector, one thread each, and
 * the steps from line integrals to a film. Medians over runs.
 */
import { mm } from '../electron/contract/units.ts';
import { sampleExposure, sampleLook } from '../electron/drr/exposure.ts';
import { exposeFilm } from '../electron/drr/film.ts';
import { plastimatchAttenuation, projectMaterials, radiologicalPath } from '../electron/drr/projector.ts';
import { geometryOf, isPlastimatchInstalled, plastimatchDrr } from '../electron/drr/testing/plastimatch.ts';
import type { PlastimatchView } from '../electron/drr/testing/plastimatch.ts';
import { seeded } from '../electron/random/random.ts';
import type { Volume } from '../electron/volume/volume.ts';
import { alignedDirection } from '../electron/volume/volume.ts';

interface Row {
  readonly case: string;
  readonly ours_s: number;
  readonly peer: string | null;
  readonly peer_s: number | null;
  readonly ratio: number | null;
}

const runs = 7;
const rows: Row[] = [];
const hasPeer = isPlastimatchInstalled();

/** A grainy ellipsoid of muscle with a dense core, two voxels of air about it. */
function ellipsoid(nx: number, ny: number, nz: number): Volume {
  const random = seeded(0xd44);
  const hounsfield = new Int16Array(nx * ny * nz).fill(-1000);
  const reach = [nx / 2 - 2, ny / 2 - 2, nz / 2 - 2] as const;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const radius = Math.hypot(
          (i + 0.5 - nx / 2) / reach[0],
          (j + 0.5 - ny / 2) / reach[1],
          (k + 0.5 - nz / 2) / reach[2],
        );
        if (radius < 1) hounsfield[n] = (radius < 0.3 ? 900 : 50) + random.integer(20);
      }
    }
  }
  return {
    size: [nx, ny, nz],
    spacing: [mm(1), mm(1), mm(1)],
    origin: [mm(-(nx - 1) / 2), mm(-(ny - 1) / 2), mm(-(nz - 1) / 2)],
    direction: alignedDirection,
    hounsfield,
  };
}

const straight = {
  normal: [0, -1, 0],
  up: [0, 0, 1],
  isocentre: [mm(0), mm(0), mm(0)],
  sourceToIsocentre: 1000,
  sourceToDetector: 1150,
} as const;
const cases: { name: string; volume: Volume; view: PlastimatchView }[] = [
  {
    name: '256³ to 512²',
    volume: ellipsoid(256, 256, 256),
    view: { ...straight, rows: 512, columns: 512, pixelWidth: 0.78125, pixelHeight: 0.78125 },
  },
  {
    name: '400 × 260 × 300 to 900 × 750',
    volume: ellipsoid(400, 260, 300),
    view: { ...straight, rows: 750, columns: 900, pixelWidth: 0.48, pixelHeight: 0.48 },
  },
];

for (const { name, volume, view } of cases) {
  const geometry = geometryOf(view);
  const peer = hasPeer ? median(() => plastimatchDrr(volume, view, 1).seconds) : null;
  add(
    `line integral, ${name}`,
    timed(() => radiologicalPath(volume, geometry, plastimatchAttenuation)),
    peer,
  );
  add(
    `soft tissue and bone, ${name}`,
    timed(() => projectMaterials(volume, geometry, { beyondEnds: 'air' })),
    peer,
  );
  const integrals = projectMaterials(volume, geometry);
  const random = seeded(0xf11);
  const exposure = sampleExposure(random, 'clinic');
  const look = sampleLook(random, 'clinic');
  add(
    `film, ${name}`,
    timed(() => exposeFilm(integrals, exposure, look, random)),
    null,
  );
}

if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }));
else {
  for (const row of rows) {
    const beside =
      row.peer_s === null ? '' : `${row.peer!} ${seconds(row.peer_s)}, ratio ${row.ratio!.toFixed(2)}`;
    console.log(`${row.case.padEnd(52)}${seconds(row.ours_s).padStart(10)}   ${beside}`);
  }
  if (!hasPeer)
    console.log('plastimatch is not installed, so there is no peer (Debian: apt-get install plastimatch).');
}

function add(name: string, ours: number, peer: number | null): void {
  rows.push({
    case: name,
    ours_s: ours,
    peer: peer === null ? null : 'plastimatch exact, 1 thread',
    peer_s: peer,
    ratio: peer === null ? null : peer / ours,
  });
}

/** Median wall seconds after two runs that warm the compiler. */
function timed(work: () => unknown): number {
  const time = () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  };
  time();
  time();
  return median(time);
}

function median(measure: () => number): number {
  return Array.from({ length: runs }, measure).sort((a, b) => a - b)[runs >> 1]!;
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}
