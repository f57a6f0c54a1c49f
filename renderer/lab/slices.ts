import { assetRoutes } from '../../electron/contract/api.ts';
import type { LabPlane, LabWindow } from '../../electron/contract/lab.ts';
import { labSliceHeader } from '../../electron/contract/lab.ts';
import { asset, strange, withHeader } from '../station.ts';

export interface SlicePicture {
  readonly rows: number;
  readonly columns: number;
  readonly image: ImageData;
}

export interface SliceWish {
  readonly volume: string;
  readonly plane: LabPlane;
  readonly index: number;
  readonly window: LabWindow;
}

const mostKept = 90;
const kept = new Map<string, SlicePicture>();

/** One slice; those that were looked at last are kept. */
async function fetchSlice(wish: SliceWish): Promise<SlicePicture> {
  const route = assetRoutes.labSlice(wish.volume, wish.plane, wish.index, wish.window);
  const known = kept.get(route);
  if (known !== undefined) return known;
  const bytes = await (await asset(route, {})).arrayBuffer();
  const { header, body } = withHeader(labSliceHeader, bytes);
  const { rows, columns } = header;
  if (body.byteLength !== rows * columns) throw strange('slice size');
  const greys = new Uint8Array(body);
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let n = 0; n < greys.length; n++) pixels[n] = 0xff000000 | (greys[n]! * 0x010101);
  const slice = { rows, columns, image };
  kept.set(route, slice);
  for (const old of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(old);
  }
  return slice;
}

/**
 * Asks for slices of one plane, the newest wish last: a wish that comes while one is under way waits, and
 * only the last of those that wait is asked for.
 */
export function sliceAsker(
  show: (slice: SlicePicture) => void,
  fail: (error: unknown) => void,
): (wish: SliceWish) => void {
  let next: SliceWish | null = null;
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    while (next !== null) {
      const wish: SliceWish = next;
      next = null;
      try {
        const slice = await fetchSlice(wish);
        show(slice);
      } catch (error) {
        fail(error);
      }
    }
    running = false;
  };
  return (wish) => {
    next = wish;
    if (!running) void run();
  };
}

/** The slices of a volume that was let go are worth no memory. */
export function forgetSlices(): void {
  kept.clear();
}
