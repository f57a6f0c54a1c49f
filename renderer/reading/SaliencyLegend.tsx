import type { ReactNode } from 'react';
import { cividis } from '../viewer/colourMap.ts';
import { groupWords } from '../words.ts';
import { useSession } from './session.ts';
import styles from './saliencyLegend.module.css';

const steps = 24;

/** What the colours are and are not, with their opacity. */
export function SaliencyLegend(): ReactNode {
  const shown = useSession((now) => now.saliencyShown);
  const maps = useSession((now) => now.saliency);
  const error = useSession((now) => now.saliencyError);
  const opacity = useSession((now) => now.saliencyOpacity);
  if (!shown) return null;
  const groups = [...new Set((maps ?? []).map((map) => groupWords[map.of]))].join(', ');
  return (
    <aside className={styles['legend']} aria-label="Saliency">
      {error !== null && <p role="alert">{error}</p>}
      {error === null && maps === null && <p role="status">Computing where the model looked</p>}
      {maps !== null && (
        <>
          <p>
            Where the model drew its answer from{groups !== '' && ` (${groups})`}. Not where the fracture is.
          </p>
          <svg
            width="100%"
            height="8"
            viewBox={`0 0 ${String(steps)} 1`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            {Array.from({ length: steps }, (_, i) => (
              <rect
                key={i}
                x={i}
                width="1.05"
                height="1"
                fill={`rgb(${cividis(i / (steps - 1)).join(',')})`}
              />
            ))}
          </svg>
          <p className={styles['ends']}>
            <span>little</span>
            <span>much</span>
          </p>
          <label className={styles['opacity']}>
            Opacity
            <input
              type="range"
              min="0.1"
              max="1"
              step="0.05"
              value={opacity}
              onChange={(event) =>
                useSession.setState({ saliencyOpacity: event.currentTarget.valueAsNumber })
              }
            />
          </label>
        </>
      )}
    </aside>
  );
}
