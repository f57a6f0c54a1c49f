import type { ReactNode } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import type { SaliencyMap } from '../../electron/contract/finding.ts';
import { useSession } from '../reading/session.ts';
import { saliencyPixels } from './colourMap.ts';
import type { ScreenSize } from './transform.ts';
import { imagePoint, matrixOf, toScreen } from './transform.ts';
import styles from './viewer.module.css';

/** The saliency maps over their boxes; nothing where they are below their floor. */
export function SaliencyLayer({ size }: { readonly size: ScreenSize }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = useSession((now) => now.saliencyShown);
  const maps = useSession((now) => now.saliency);
  const opacity = useSession((now) => now.saliencyOpacity);
  const view = useSession((now) => now.view);
  const pictures = useMemo(() => (shown && maps !== null ? maps.map(pictureOf) : []), [shown, maps]);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context == null) return;
    element.width = Math.round(size.width * devicePixelRatio);
    element.height = Math.round(size.height * devicePixelRatio);
    if (view === null) return;
    context.globalAlpha = opacity;
    context.imageSmoothingQuality = 'high';
    for (const { picture, map } of pictures) {
      const corner = toScreen(view, size, imagePoint(map.box.x, map.box.y));
      const [a, b, c, d] = matrixOf(view);
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      context.transform(a, b, c, d, corner.x, corner.y);
      context.drawImage(picture, 0, 0, map.box.width, map.box.height);
    }
  }, [pictures, size, view, opacity]);
  return <canvas ref={canvas} className={styles['layer']} aria-hidden="true" data-maps={pictures.length} />;
}

function pictureOf(map: SaliencyMap): { readonly picture: OffscreenCanvas; readonly map: SaliencyMap } {
  const picture = new OffscreenCanvas(map.columns, map.rows);
  picture.getContext('2d')?.putImageData(new ImageData(saliencyPixels(map), map.columns, map.rows), 0, 0);
  return { picture, map };
}
