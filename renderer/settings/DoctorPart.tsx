import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { DoctorLine, DoctorReport } from '../../electron/contract/doctor.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { call, sentenceOf } from '../station.ts';
import styles from './settings.module.css';

type Examination =
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly report: DoctorReport }
  | { readonly state: 'failed'; readonly sentence: string };

/** What this machine has, what is used instead of what it lacks, and the command that mends it. */
export function DoctorPart(): ReactNode {
  const [examination, setExamination] = useState<Examination>({ state: 'running' });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let wanted = true;
    call('doctor.report', {}).then(
      (report) => {
        if (wanted) setExamination({ state: 'done', report });
      },
      (error: unknown) => {
        if (wanted) setExamination({ state: 'failed', sentence: sentenceOf(error) });
      },
    );
    return () => {
      wanted = false;
    };
  }, [asked]);
  return (
    <section className={styles['part']} aria-labelledby="doctor-heading">
      <header className={styles['row']}>
        <h2 id="doctor-heading" className={styles['heading']}>
          Doctor
        </h2>
        <Button
          className={cx(controls['button'])}
          isDisabled={examination.state === 'running'}
          onPress={() => {
            setExamination({ state: 'running' });
            setAsked(asked + 1);
          }}
        >
          Examine again
        </Button>
      </header>
      {examination.state === 'running' && (
        <p role="status">Examining this machine; this can take some seconds</p>
      )}
      {examination.state === 'failed' && <p role="alert">{examination.sentence}</p>}
      {examination.state === 'done' && <Report report={examination.report} />}
    </section>
  );
}

const stateWords: Record<DoctorLine['state'], string> = {
  ok: 'Good',
  fallback: 'Replaced',
  missing: 'Missing',
  failed: 'Failed',
};

function Report({ report }: { readonly report: DoctorReport }): ReactNode {
  return (
    <>
      <p className={styles['quiet']}>
        Calcar {report.version} · Node {report.node} · {report.platform}
      </p>
      <div className={styles['wide']} tabIndex={0} role="region" aria-label="Parts of this machine">
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">State</th>
              <th scope="col">Found</th>
            </tr>
          </thead>
          <tbody>
            {report.lines.map((line) => (
              <tr key={line.part}>
                <th scope="row">{line.part}</th>
                <td>{stateWords[line.state]}</td>
                <td>
                  {line.found}
                  {line.instead !== null && <p className={styles['quiet']}>Instead: {line.instead}</p>}
                  {line.mend !== null && (
                    <p className={styles['quiet']}>
                      To mend it: <code>{line.mend}</code>
                    </p>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles['wide']} tabIndex={0} role="region" aria-label="Tensor backends">
        <table className={styles['table']}>
          <caption>
            Tensor backends: a 3 × 3 convolution, 32 to 32 channels, 128 × 128, batch 8.
            {report.nativeOverWasm !== null && ` Native is ${report.nativeOverWasm.toFixed(1)} times wasm.`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Backend</th>
              <th scope="col">Device</th>
              <th scope="col">Self-test</th>
              <th scope="col">GFLOP/s</th>
              <th scope="col">Trains</th>
            </tr>
          </thead>
          <tbody>
            {report.backends.map((backend) => (
              <tr key={backend.name}>
                <th scope="row">
                  {backend.name}
                  {backend.chosen && ' (in use)'}
                </th>
                <td>{backend.loaded ? backend.device : (backend.reason ?? 'not loaded')}</td>
                <td>{backend.passed ? 'passed' : backend.loaded ? 'failed' : 'not run'}</td>
                <td className={styles['number']}>
                  {backend.gigaflops === null ? '–' : backend.gigaflops.toFixed(1)}
                </td>
                <td>{backend.canTrain ? 'yes' : 'no'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
