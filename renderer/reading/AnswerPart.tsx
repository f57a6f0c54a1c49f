import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { pointsInWords, reasonsInWords, shownProbabilities } from '../../electron/contract/certaintyWords.ts';
import type { Finding, HipFinding } from '../../electron/contract/finding.ts';
import { gradeGroups } from '../../electron/contract/finding.ts';
import { useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { GroupMark } from '../design/GroupMark.tsx';
import { Icon } from '../design/icons.tsx';
import { answerLine, bySeverity, findingText, groupWords, hipWords, percent } from '../words.ts';
import { CertaintyPart } from './CertaintyPart.tsx';
import { askMachine } from './openFilm.ts';
import { useSession } from './session.ts';
import styles from './answerPart.module.css';

/** The machine's answer: in words first, then how sure, then who says it. */
export function AnswerPart(): ReactNode {
  const answer = useSession((now) => now.answer);
  return (
    <section className={styles['answer']} aria-label="The machine's answer">
      <h2 className={controls['heading']}>Machine</h2>
      <div aria-live="polite">
        {answer.state === 'here' && <p className="heard">{findingText(answer.finding)}</p>}
        {answer.state === 'waiting' && <Waiting />}
        {answer.state === 'withheld' && (
          <p className={styles['quiet']}>
            Blinded read. The machine has its own answer and shows it after you commit yours.
          </p>
        )}
        {answer.state === 'failed' && <Failed sentence={answer.sentence} />}
      </div>
      {answer.state === 'here' && <Answer finding={answer.finding} />}
    </section>
  );
}

/** For the moment before the station has named its model card's own words. */
const unknownModelWarning = 'Trained on simulated radiographs only, not for clinical use.';

const firstSentence = (text: string) => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

/** Says nothing for the first tenth of a second: most answers are there by then. */
function Waiting(): ReactNode {
  const compute = useApp((app) => app.state?.compute);
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 100);
    return () => clearTimeout(timer);
  }, []);
  if (!long) return <p className={styles['first']}>&nbsp;</p>;
  return (
    <p className={styles['quiet']}>
      {compute !== undefined && compute.state !== 'ready'
        ? (compute.sentence ?? 'The machine is starting. You can read meanwhile.')
        : 'Reading the film'}
    </p>
  );
}

function Failed({ sentence }: { readonly sentence: string }): ReactNode {
  const imageHash = useSession((now) => now.imageHash);
  return (
    <div className={styles['failed']}>
      <p>No answer. {sentence}</p>
      <Button
        className={cx(controls['button'])}
        onPress={() => {
          if (imageHash !== null) void askMachine(imageHash);
        }}
      >
        Ask again
      </Button>
    </div>
  );
}

function Answer({ finding }: { readonly finding: Finding }): ReactNode {
  const warning = useApp((app) => app.state?.modelWarning ?? unknownModelWarning);
  const confidence = useApp((app) => app.state?.modelConfidence);
  const refused = finding.outcome === 'refused';
  return (
    <div className={styles['hips']}>
      {refused && (
        <p className={styles['first']}>
          <Icon name="human" /> Not analysed: needs a human
        </p>
      )}
      {bySeverity(finding.hips).map(({ hip, index }) => (
        <Hip key={index} hip={hip} />
      ))}
      {finding.warnings
        .filter(({ weight }) => weight !== 'note')
        .map(({ kind, sentence }) => (
          <p key={kind} className={styles['warning']}>
            {sentence}
          </p>
        ))}
      <p className={styles['model']}>
        {finding.modelName}. {firstSentence(warning)}
      </p>
      {confidence != null && confidence.model === finding.modelHash && (
        <CertaintyPart confidence={confidence} />
      )}
      <More finding={finding} warning={warning} />
    </div>
  );
}

function Hip({ hip }: { readonly hip: HipFinding }): ReactNode {
  const human = reasonsInWords(hip);
  const probabilities = shownProbabilities(hip);
  return (
    <article className={styles['hip']} aria-label={hipWords(hip.laterality)}>
      {human.length > 0 && (
        <p className={styles['human']}>
          <Icon name="human" /> Needs a human
        </p>
      )}
      <p className={cx(styles['first'], human.length > 0 && styles['second'])}>{answerLine(hip)}</p>
      {human.map((sentence) => (
        <p key={sentence} className={styles['quiet']}>
          {sentence}
        </p>
      ))}
      <dl className={styles['bars']}>
        {gradeGroups.map((group) => (
          <div key={group} className={cx(styles['group'], group === hip.gradeGroup && styles['top'])}>
            <dt>
              <GroupMark group={group} />
              {groupWords[group]}
            </dt>
            <dd>
              <Bar value={probabilities[group]} group={group} />
              <span className={styles['percent']}>{percent(probabilities[group])}</span>
            </dd>
          </div>
        ))}
      </dl>
      {hip.certainty !== null && <p className={styles['points']}>{pointsInWords(hip.certainty)}</p>}
    </article>
  );
}

/** A bar on the same scale for every film: 0 to 100, with a tick at two chances in three. */
function Bar({
  value,
  group,
}: {
  readonly value: number;
  readonly group: HipFinding['gradeGroup'];
}): ReactNode {
  return (
    <svg className={styles['bar']} viewBox="0 0 120 8" preserveAspectRatio="none" aria-hidden="true">
      <rect width="120" height="8" className={styles['track']} />
      <rect width={120 * value} height="8" className={styles[tones[group]]} />
      <path d="M80 0v8" className={styles['tick']} />
    </svg>
  );
}

const tones = { none: 'none', 'I-II': 'low', 'III-IV': 'high' } as const;

function More({ finding, warning }: { readonly finding: Finding; readonly warning: string }): ReactNode {
  const { decodeMs, localizeMs, classifyMs } = finding.timings;
  const whole = (value: number) => `${String(Math.round(value))} ms`;
  return (
    <details className={styles['more']}>
      <summary>How it was made</summary>
      <p>{warning}</p>
      <dl>
        <dt>Model</dt>
        <dd title={finding.modelHash}>{finding.modelHash.slice(0, 12)}</dd>
        <dt>Computed with</dt>
        <dd>{finding.backend}</dd>
        <dt>Decode, find, class</dt>
        <dd>
          {whole(decodeMs)}, {whole(localizeMs)}, {whole(classifyMs)}
        </dd>
        {finding.hips.map((hip, index) => (
          <FoundHip key={index} hip={hip} />
        ))}
      </dl>
      {finding.warnings
        .filter(({ weight }) => weight === 'note')
        .map(({ kind, sentence }) => (
          <p key={kind}>{sentence}</p>
        ))}
    </details>
  );
}

const sources: Record<HipFinding['lateralitySource'], string> = {
  tag: 'side from the file',
  position: 'side from its place on the film',
  appearance: 'side from its look',
  person: 'side from a reader',
  unknown: 'side not known',
};

function FoundHip({ hip }: { readonly hip: HipFinding }): ReactNode {
  return (
    <>
      <dt>{hipWords(hip.laterality)}</dt>
      <dd>
        found at {percent(hip.presence)}, {sources[hip.lateralitySource]}
      </dd>
    </>
  );
}
