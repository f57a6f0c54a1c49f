import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button, Label, RadioGroup } from 'react-aria-components';
import type { Grade, Laterality } from '../../electron/contract/finding.ts';
import { grades } from '../../electron/contract/finding.ts';
import { changeSettings, useApp } from '../app/store.ts';
import { command } from '../commands/commands.ts';
import { useKeyWords } from '../commands/command.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import { CommandButton } from '../design/IconButton.tsx';
import { confidenceWords, gradeMeaning, gradeWords, hipWords } from '../words.ts';
import { commitAndNext } from './commit.ts';
import type { DraftHip } from './draft.ts';
import { removeHip, setComment, setConfidence, setGrade, setSide } from './edit.ts';
import { reloadReads } from './openFilm.ts';
import { setSession, useSession } from './session.ts';
import styles from './yourRead.module.css';

/** The person's own read: a grade per hip, how sure, a comment, and the one button that makes it count. */
export function YourRead(): ReactNode {
  const reader = useApp((app) => app.settings.reader);
  const loaded = useApp((app) => app.settingsLoaded);
  const hips = useSession((now) => now.draft.hips);
  const past = useSession((now) => now.past.length > 0);
  const future = useSession((now) => now.future.length > 0);
  if (loaded && reader === '') return <AskName />;
  return (
    <section className={styles['read']} aria-label="Your read">
      <header className={styles['head']}>
        <h2 className={controls['heading']}>Your read</h2>
        <span className={styles['reader']}>{reader}</span>
        <CommandButton key={`undo ${String(past)}`} command={command('undo')} icon="undo" />
        <CommandButton key={`redo ${String(future)}`} command={command('redo')} icon="redo" />
      </header>
      {hips.length === 0 && (
        <p className={styles['hint']}>
          No hip is marked. Press <kbd className={controls['key']}>B</kbd> and draw a box round each hip, or{' '}
          <kbd className={controls['key']}>X</kbd> if the film cannot be graded.
        </p>
      )}
      {hips.map((hip) => (
        <Hip key={hip.id} hip={hip} />
      ))}
      <Comment />
      <Commit />
    </section>
  );
}

function AskName(): ReactNode {
  const [name, setName] = useState('');
  return (
    <section className={styles['read']} aria-label="Your read">
      <h2 className={controls['heading']}>Your read</h2>
      <form
        className={styles['name']}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void changeSettings({ reader: name.trim() }).then(reloadReads);
        }}
      >
        <div className={controls['field']}>
          <label htmlFor="reader-name">Who is reading? Your name or initials go with every read.</label>
          <input
            id="reader-name"
            className={controls['input']}
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <Button type="submit" className={cx(controls['button'])} isDisabled={name.trim() === ''}>
          Begin
        </Button>
      </form>
    </section>
  );
}

const sides: readonly { readonly side: Laterality; readonly word: string }[] = [
  { side: 'right', word: 'Right' },
  { side: 'left', word: 'Left' },
  { side: 'unknown', word: 'Unknown' },
];

function Hip({ hip }: { readonly hip: DraftHip }): ReactNode {
  const selected = useSession((now) => now.selected === hip.id);
  const alone = useSession((now) => now.draft.hips.length === 1);
  const title = hipWords(hip.laterality);
  const open = selected || alone;
  return (
    <article
      className={cx(styles['hip'], selected && !alone && styles['selected'])}
      data-hip={hip.laterality}
    >
      <header className={styles['hipHead']}>
        <Button
          className={cx(styles['hipName'])}
          aria-expanded={open}
          onPress={() => setSession({ selected: hip.id })}
        >
          {title.charAt(0).toUpperCase() + title.slice(1)}
          <span className={styles['given']}>
            {hip.grade === null ? 'no grade yet' : gradeWords[hip.grade]}
          </span>
        </Button>
        <Button
          className={cx(controls['button'], controls['quiet'], styles['remove'])}
          aria-label={`Remove the box of the ${title}`}
          onPress={() => removeHip(hip.id)}
        >
          Remove
        </Button>
      </header>
      {open && (
        <>
          <RadioGroup
            aria-label={`Grade of the ${title}`}
            value={hip.grade}
            onChange={(grade) => setGrade(hip.id, grade as Grade)}
            className={cx(styles['grades'])}
          >
            {grades.map((grade) => (
              <GradeChoice key={grade} grade={grade} />
            ))}
          </RadioGroup>
          <RadioGroup
            value={hip.confidence === null ? null : String(hip.confidence)}
            onChange={(value) => setConfidence(hip.id, Number(value))}
            className={cx(styles['row'])}
          >
            <Label className={cx(styles['rowLabel'])}>
              {hip.confidence === null ? 'How sure' : confidenceWords[hip.confidence - 1]}
            </Label>
            <div className={styles['segments']}>
              {confidenceWords.map((word, i) => (
                <Choice key={word} value={String(i + 1)} label={word} className={cx(styles['segment'])}>
                  {i + 1}
                </Choice>
              ))}
            </div>
          </RadioGroup>
          <RadioGroup
            value={hip.laterality}
            onChange={(value) => setSide(hip.id, value as Laterality)}
            className={cx(styles['row'])}
          >
            <Label className={cx(styles['rowLabel'])}>Side</Label>
            <div className={styles['segments']}>
              {sides.map(({ side, word }) => (
                <Choice key={side} value={side} className={cx(styles['segment'])}>
                  {word}
                </Choice>
              ))}
            </div>
          </RadioGroup>
        </>
      )}
    </article>
  );
}

function GradeChoice({ grade }: { readonly grade: Grade }): ReactNode {
  const keys = useKeyWords(command(`grade-${grade}`));
  return (
    <Choice value={grade} className={cx(styles['grade'])}>
      <kbd className={controls['key']}>{keys}</kbd>
      <span>{gradeWords[grade]}</span>
      <span className={styles['meaning']}>{gradeMeaning[grade]}</span>
    </Choice>
  );
}

function Comment(): ReactNode {
  const comment = useSession((now) => now.draft.comment);
  return (
    <div className={controls['field']}>
      <label htmlFor="comment">Comment</label>
      <textarea
        id="comment"
        rows={2}
        maxLength={4000}
        className={cx(controls['input'], styles['comment'])}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void commitAndNext();
        }}
      />
    </div>
  );
}

function Commit(): ReactNode {
  const committing = useSession((now) => now.committing);
  const error = useSession((now) => now.commitError);
  const saved = useSession((now) => now.saved);
  const keys = useKeyWords(command('commit'));
  return (
    <div className={styles['commit']}>
      {error !== null && (
        <p className={styles['missing']} role="alert">
          {error}
        </p>
      )}
      <Button
        className={cx(controls['button'], controls['primary'], controls['wide'])}
        isDisabled={committing}
        onPress={() => void commitAndNext()}
      >
        {committing ? 'Committing' : 'Commit and next'}
        <kbd className={styles['commitKey']}>{keys}</kbd>
      </Button>
      <p className={cx(styles['saved'], saved === 'failed' && styles['loss'])} role="status">
        {savedWords[saved]}
      </p>
    </div>
  );
}

const savedWords = {
  untouched: 'Nothing to keep yet.',
  saving: 'Keeping the draft',
  kept: 'Draft kept. It counts once you commit.',
  failed: 'The draft could not be kept: the database did not take it. Commit now, or write it down.',
} as const;
