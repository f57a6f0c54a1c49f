import { CalcarError } from '../../contract/errors.ts';
import type { LabPoint, LabResolution, LabSetup } from '../../contract/lab.ts';
import { exposeFilm, type Film } from '../../drr/film.ts';
import type { ConeBeamGeometry } from '../../drr/geometry.ts';
import { openProjector } from '../../drr/openProjector.ts';
import type { LineIntegrals, Projector } from '../../drr/projector.ts';
import { seeded } from '../../random/random.ts';
import type { Volume } from '../../volume/volume.ts';
import { bodyOf, exposureOf, filmLookOf, geometryOf } from './picture.ts';

export interface PictureOrder {
  readonly setup: LabSetup;
  readonly resolution: LabResolution;
  /** Of the view, before the shift; see `centreOf`. */
  readonly centre: LabPoint;
}

export interface MadePicture {
  readonly film: Film;
  readonly geometry: ConeBeamGeometry;
  readonly traced: boolean;
  readonly traceMs: number;
  readonly developMs: number;
  /** For a person: 'cpu, 2 threads'. */
  readonly projector: string;
}

/** Strips that a full picture is traced in, so that a newer wish need not wait for all of it. */
const strips = 6;

/**
 * Makes pictures of one volume. Line integrals are kept by geometry, one set a resolution, so that voltage,
 * charge and look are developed again without tracing a ray.
 */
export class PictureMaker {
  private readonly volume: Volume;
  private projector: { readonly body: string; readonly opened: Projector } | null = null;
  private readonly kept = new Map<
    LabResolution,
    { readonly key: string; readonly integrals: LineIntegrals }
  >();

  constructor(volume: Volume) {
    this.volume = volume;
  }

  /**
   * @param stale asked between strips; true ends the work
   * @throws CalcarError 'cancelled' when stale; as `openProjector`, `geometryOf` and `exposeFilm`
   */
  async make(order: PictureOrder, stale: () => boolean): Promise<MadePicture> {
    const { setup, resolution, centre } = order;
    const geometry = geometryOf(setup, centre, resolution);
    const body = JSON.stringify([setup.girth, setup.height, ...(isOwnSize(setup) ? [] : centre)]);
    const key = JSON.stringify([body, geometry]);
    const begun = performance.now();
    const known = this.kept.get(resolution);
    const traced = known?.key !== key;
    let integrals = known?.integrals;
    if (traced || integrals === undefined) {
      const projector = await this.projectorOf(body, setup, centre);
      integrals = await trace(projector, geometry, resolution === 'full' ? strips : 1, stale);
      this.kept.set(resolution, { key, integrals });
    }
    if (stale()) throw superseded();
    const tracedAt = performance.now();
    const film = exposeFilm(
      integrals,
      exposureOf(setup),
      filmLookOf(setup),
      seeded(setup.seed).stream('noise'),
    );
    return {
      film,
      geometry,
      traced,
      traceMs: tracedAt - begun,
      developMs: performance.now() - tracedAt,
      projector:
        this.projector === null ? '' : `${this.projector.opened.name}, ${this.projector.opened.detail}`,
    };
  }

  async close(): Promise<void> {
    await this.projector?.opened.close();
    this.projector = null;
    this.kept.clear();
  }

  private async projectorOf(body: string, setup: LabSetup, centre: LabPoint): Promise<Projector> {
    if (this.projector?.body === body) return this.projector.opened;
    await this.projector?.opened.close();
    this.projector = null;
    const opened = await openProjector(bodyOf(this.volume, setup, centre));
    this.projector = { body, opened };
    return opened;
  }
}

const isOwnSize = ({ girth, height }: LabSetup): boolean => girth === 1 && height === 1;

async function trace(
  projector: Projector,
  geometry: ConeBeamGeometry,
  count: number,
  stale: () => boolean,
): Promise<LineIntegrals> {
  if (count === 1) return projector.project(geometry);
  const { rows, columns } = geometry;
  const soft = new Float32Array(rows * columns);
  const bone = new Float32Array(rows * columns);
  const height = Math.ceil(rows / count);
  for (let first = 0; first < rows; first += height) {
    if (stale()) throw superseded();
    const strip = await projector.project(geometry, {
      rowRange: { first, end: Math.min(rows, first + height) },
    });
    soft.set(strip.soft, first * columns);
    bone.set(strip.bone, first * columns);
  }
  return { rows, columns, spacing: geometry.columnSpacing, soft, bone };
}

/** What an older wish is answered when a newer one came. */
export const superseded = (): CalcarError =>
  new CalcarError('cancelled', 'A newer picture was asked for, so this one was not made.');
