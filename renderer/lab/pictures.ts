import { assetRoutes } from '../../electron/contract/api.ts';
import { CalcarError } from '../../electron/contract/errors.ts';
import type { LabResolution, LabSetup } from '../../electron/contract/lab.ts';
import { labPictureHeader } from '../../electron/contract/lab.ts';
import { asset, sentenceOf, strange, withHeader } from '../station.ts';
import type { LabPicture } from './lab.ts';
import { lab, setLab } from './lab.ts';

/** How long nothing must change before the full picture is asked for. */
const restMs = 140;
/** A wait that is shown. */
const longMs = 250;

let working: Promise<void> | null = null;
let full = new AbortController();
let wantedAt = 0;
/** What the picture on the screen was made of; null while there is none. */
let shown: { volume: string; key: string; resolution: LabResolution } | null = null;

/** Something of the picture changed: a preview at once, the full picture when nothing moves any more. */
export function wantPicture(): void {
  wantedAt = performance.now();
  full.abort();
  working ??= work().finally(() => {
    working = null;
  });
}

/** No picture any more: another volume comes, or the room was left. */
export function forgetPicture(): void {
  full.abort();
  shown = null;
  setLab({ picture: null, pictureError: null, waiting: false });
}

async function work(): Promise<void> {
  for (;;) {
    const { open, setup, held } = lab();
    if (open === null) return;
    // A hip that was moved moves the centre, and with it the picture.
    const key = JSON.stringify([setup, open.hips]);
    const here = shown?.volume === open.volume && shown.key === key ? shown.resolution : null;
    if (here === 'full' || (here === 'preview' && held)) return;
    const resolution = here === null ? 'preview' : 'full';
    if (resolution === 'full') await rest();
    if (resolution === 'full' && performance.now() - wantedAt < restMs) continue;
    const more = await make(open.volume, key, setup, resolution);
    if (!more) return;
  }
}

const rest = () => new Promise((resolve) => setTimeout(resolve, restMs));

/** False when there is nothing more to make: the picture was refused. */
async function make(
  volume: string,
  key: string,
  setup: LabSetup,
  resolution: LabResolution,
): Promise<boolean> {
  full = new AbortController();
  const { signal } = full;
  const since = wantedAt;
  const slow = setTimeout(() => setLab({ waiting: true }), longMs);
  try {
    // A preview that is under way is shown even when its successor is wanted: the eye follows it.
    const picture = await fetchPicture(
      volume,
      setup,
      resolution,
      since,
      resolution === 'full' ? signal : null,
    );
    if (lab().open?.volume !== volume) return true;
    shown = { volume, key, resolution };
    setLab({ picture, pictureError: null });
    return true;
  } catch (error) {
    if (signal.aborted || (error instanceof CalcarError && error.kind === 'cancelled'))
      return wantedAt > since;
    if (lab().open?.volume !== volume) return true;
    shown = null;
    setLab({ picture: null, pictureError: sentenceOf(error) });
    return wantedAt > since;
  } finally {
    clearTimeout(slow);
    setLab({ waiting: false });
  }
}

async function fetchPicture(
  volume: string,
  setup: LabSetup,
  resolution: LabResolution,
  since: number,
  signal: AbortSignal | null,
): Promise<LabPicture> {
  const request = { method: 'POST', body: JSON.stringify({ setup, resolution }), signal };
  const bytes = await (await asset(assetRoutes.labPicture(volume), request)).arrayBuffer();
  const { header, body } = withHeader(labPictureHeader, bytes);
  if (body.byteLength !== header.rows * header.columns * 2) throw strange('picture size');
  // The stream is little endian, and so is every machine that Chromium runs on.
  return { header, samples: new Uint16Array(body), waitedMs: performance.now() - since };
}
