import type { ReactNode } from 'react';
import {
  saliencyMethod,
  type SaliencyMethod,
  type SaliencyVerdict,
} from '../../electron/contract/saliencyTests.ts';
import { cividis } from '../viewer/colourMap.ts';
import { groupWords } from '../words.ts';
import { useApp } from '../app/store.ts';
import { showSaliencyBy } from './openFilm.ts';
import { useSession } from './session.ts';
import styles from './saliencyLegend.module.css';

const steps = 24;

const meaning: Record<SaliencyMethod, string> = {
  'grad-cam': 'Where the model drew its answer from',
  'guided-backpropagation': 'Which edges its answer hangs on',
};

/** Whether such maps of this model can be believed. */
function trust(verdict: SaliencyVerdict['methods'][number] | null): string {
  if (verdict === null) return 'Maps of this model were never tested: they may show nothing.';
  const failed = verdict.tests.filter((each) => each.verdict === 'failed').map(({ test }) => test);
  if (failed.length > 0) return `Maps of this model failed: ${failed.join(', ')}. Do not lean on them.`;
  return 'Maps of this model passed the tests that could be done.';
}

/** What the colours are and are not, with their opacity. */
export function SaliencyLegend(): ReactNode {
  const shown = useSession((now) => now.saliencyShown);
  const maps = useSession((now) => now.saliency);
  const error = useSession((now) => now.saliencyError);
  const opacity = useSession((now) => now.saliencyOpacity);
  const method = useSession((now) => now.saliencyMethod);
  const verdict = useApp(
    (app) => app.state?.modelSaliency?.methods.find((each) => each.method === method) ?? null,
  );
  if (!shown) return null;
  const groups = [...new Set((maps ?? []).map((map) => groupWords[map.of]))].join(', ');
  return (
    <aside className={styles['legend']} aria-label="Saliency">
      {error !== null && <p role="alert">{error}</p>}
      {error === null && maps === null && <p role="status">Computing where the model looked</p>}
      {maps !== null && (
        <>
          <p>
            {meaning[method]}
            {groups !== '' && ` (${groups})`}. Not where the fracture is.
          </p>
          <label className={styles['opacity']}>
            Method
            <select
              value={method}
              onChange={(event) => void showSaliencyBy(saliencyMethod.parse(event.currentTarget.value))}
            >
              <option value="grad-cam">Grad-CAM</option>
              <option value="guided-backpropagation">Guided backpropagation</option>
            </select>
          </label>
          <p>{trust(verdict)}</p>
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
