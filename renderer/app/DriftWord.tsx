import type { ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { DriftReport } from '../../electron/contract/drift.ts';
import { call } from '../station.ts';
import { useApp } from './store.ts';

/** Between two questions while films come in. */
const pauseMs = 30_000;

/** Says that films have changed, and nothing while they have not. */
export function DriftWord(): ReactNode {
  const rows = useApp((app) => app.rows);
  const model = useApp((app) => app.state?.modelHash ?? null);
  const [report, setReport] = useState<DriftReport | null>(null);
  const asked = useRef(-pauseMs);
  useEffect(() => {
    if (model === null || rows === null) return;
    const ask = (): void => {
      asked.current = performance.now();
      // A question that fails leaves the word as it was: whatever stopped it is told of elsewhere.
      void call('drift.report', {}).then(setReport, () => undefined);
    };
    const waiting = setTimeout(ask, Math.max(0, asked.current + pauseMs - performance.now()));
    return () => clearTimeout(waiting);
  }, [model, rows]);
  if (report?.alarm !== true || report.model?.hash !== model) return null;
  const names = report.signals.flatMap(({ alarm, name }) => (alarm ? [name.toLowerCase()] : []));
  return (
    <span role="status" title={report.sentence}>
      Films have changed: {names.join(', ')}
    </span>
  );
}
