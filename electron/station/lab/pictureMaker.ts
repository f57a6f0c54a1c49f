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

/** Line integrals with where their rays ran. */
interface TracedView {
  readonly geometry: ConeBeamGeometry;
  readonly integrals: LineIntegrals;
}

/** What a preview may take here: the way to the screen takes some of its hundred milliseconds too. */
const previewMs = 60;
/** Strips that a full picture is traced in, so that a newer wish need not wait for all of it. */
const strips = 6;

/**
 * Makes pictures of one volume. Line integrals are kept by geometry, one set a resolution, so that voltage,
 * charge and look are developed again without tracing a ray.
 */
export class PictureMaker {
  private readonly volume: Volume;
  private projector: { readonly body: string; readonly opened: Projector } | null = null;
  private readonly kept = new Map<LabResolution, TracedView & { readonly key: string }>();
  /** Pixels of a preview's longer side. */
  private previewPixels = 224;

  constructor(volume: Volume) {
    this.volume = volume;
  }

  /**
   * @param stale asked between strips; true ends the work
   * @throws CalcarError 'cancelled' when stale; as `openProjector`, `geometryOf` and `exposeFilm`
   */
  async make(order: PictureOrder, stale: () => boolean): Promise<MadePicture> {
    const { setup, resolution, centre } = order;
    const body = JSON.stringify([setup.girth, setup.height, ...(isOwnSize(setup) ? [] : centre)]);
    // Where the rays run, whatever the number of pixels.
    const key = JSON.stringify([body, geometryOf(setup, centre)]);
    const begun = performance.now();
    const known = this.kept.get(resolution);
    const traced = known?.key !== key;
    const ready = this.projector?.body === body;
    const view = traced ? await this.trace(order, body, stale) : known;
    if (traced) this.kept.set(resolution, { ...view, key });
    if (stale()) throw superseded();
    const tracedAt = performance.now();
    const film = exposeFilm(
      view.integrals,
      exposureOf(setup),
      filmLookOf(setup),
      seeded(setup.seed).stream('noise'),
    );
    const made = {
      film,
      geometry: view.geometry,
      traced,
      traceMs: tracedAt - begun,
      developMs: performance.now() - tracedAt,
      projector: this.projector === null ? '' : describeProjector(this.projector.opened),
    };
    // The first picture waits for threads to start, which says nothing of the next.
    if (resolution === 'preview' && traced && ready) this.adapt(made.traceMs + made.developMs);
    return made;
  }

  async close(): Promise<void> {
    await this.projector?.opened.close();
    this.projector = null;
    this.kept.clear();
  }

  private async trace(
    { setup, resolution, centre }: PictureOrder,
    body: string,
    stale: () => boolean,
  ): Promise<TracedView> {
    const projector = await this.projectorOf(body, setup, centre);
    const full = resolution === 'full';
    const geometry = geometryOf(setup, centre, full ? undefined : this.previewPixels);
    return { geometry, integrals: await trace(projector, geometry, full ? strips : 1, stale) };
  }

  /** The next preview has as many pixels as this machine makes in time; time goes with their number. */
  private adapt(tookMs: number): void {
    const factor = Math.min(1.3, Math.max(0.7, Math.sqrt(previewMs / tookMs)));
    this.previewPixels = Math.round(Math.min(320, Math.max(112, this.previewPixels * factor)));
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

const describeProjector = ({ name, detail }: Projector): string => `${name}, ${detail}`;

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
