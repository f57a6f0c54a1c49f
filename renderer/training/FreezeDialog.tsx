import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button, Dialog, Heading, Label, Modal, ModalOverlay, RadioGroup } from 'react-aria-components';
import { study, type FreezePreview, type Study } from '../../electron/contract/snapshot.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import segments from '../reading/yourRead.module.css';
import { call, sentenceOf } from '../station.ts';
import { CountsTable } from './CountsTable.tsx';
import { freeze, stopFreezing } from './runs.ts';
import { setTraining, useTraining } from './training.ts';
import styles from './startDialog.module.css';

/** What a data set of one's own reads would hold, before it is frozen. */
export function FreezeDialog(): ReactNode {
  const open = useTraining((now) => now.panel === 'freeze');
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setTraining({ panel: isOpen ? 'freeze' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'], dialog['wide'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            Freeze my reads
          </Heading>
          <Preview />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Preview(): ReactNode {
  const [asked, setAsked] = useState<Study | null>(null);
  const [preview, setPreview] = useState<FreezePreview | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    call('datasets.preview', { study: asked }).then(
      (found) => {
        if (current) setPreview(found);
      },
      (cause: unknown) => {
        if (current) setError(sentenceOf(cause));
      },
    );
    return () => {
      current = false;
    };
  }, [asked]);
  if (error !== null) return <p>{error}</p>;
  if (preview === null) return <p role="status">Looking through your reads</p>;
  if (preview.study === null)
    return (
      <>
        <p>No film has a committed read yet. Read some films first; every committed read is a label.</p>
        <Close />
      </>
    );
  return <Contents preview={preview} study={preview.study} onStudy={setAsked} />;
}

function Contents({
  preview,
  study: chosen,
  onStudy,
}: {
  readonly preview: FreezePreview;
  readonly study: Study;
  readonly onStudy: (study: Study) => void;
}): ReactNode {
  const [name, setName] = useState(`Reads until ${new Date().toLocaleDateString()}`);
  const freezing = useTraining((now) => now.freezing);
  const { counts, leftOut, warnings, studies } = preview;
  return (
    <>
      <p className={styles['about']}>
        Pictures and labels are copied into a data set that no longer changes. Each patient is given to
        learning, tuning or testing once and for ever.
      </p>
      {studies.length > 1 && (
        <RadioGroup
          value={chosen}
          onChange={(value) => onStudy(study.parse(value))}
          className={cx(styles['row'])}
        >
          <Label className={cx(controls['label'])}>Films (the two kinds never mix)</Label>
          <div className={segments['segments']}>
            {studies.map((each) => (
              <Choice key={each} value={each} className={cx(segments['segment'])}>
                {each === 'real films' ? 'Real films' : 'Simulated films'}
              </Choice>
            ))}
          </div>
        </RadioGroup>
      )}
      <CountsTable counts={counts} />
      {warnings.map((warning) => (
        <p key={warning} className={styles['warning']}>
          {warning}
        </p>
      ))}
      {leftOut.length > 0 && (
        <details className={styles['details']}>
          <summary>
            {leftOut.length === 1 ? '1 thing is left out' : `${String(leftOut.length)} things are left out`}
          </summary>
          <ul className={styles['left']}>
            {leftOut.map(({ fileName, reason }, i) => (
              <li key={`${fileName} ${String(i)}`}>
                {fileName}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className={controls['field']}>
        <label htmlFor="freeze-name">Name</label>
        <input
          id="freeze-name"
          className={cx(controls['input'])}
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </div>
      {freezing !== null && (
        <p role="status">
          {freezing.label}: {freezing.done} of {freezing.of} patients
        </p>
      )}
      <div className={dialog['actions']}>
        {freezing === null ? (
          <Close />
        ) : (
          <Button className={cx(controls['button'])} onPress={() => void stopFreezing()}>
            Stop
          </Button>
        )}
        <Button
          autoFocus
          className={cx(controls['button'], controls['primary'])}
          isDisabled={freezing !== null || name.trim() === ''}
          onPress={() => void freeze(name.trim(), chosen)}
        >
          Freeze
        </Button>
      </div>
    </>
  );
}

function Close(): ReactNode {
  return (
    <Button className={cx(controls['button'])} onPress={() => setTraining({ panel: null })}>
      Close
    </Button>
  );
}
