import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button, Dialog, Heading, Label, Modal, ModalOverlay, RadioGroup } from 'react-aria-components';
import { labStyle, type LabStyle } from '../../electron/contract/lab.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import segments from '../reading/yourRead.module.css';
import { setLab, useLab } from './lab.ts';
import { styleWords } from './labWords.ts';
import { NumberField } from '../design/NumberField.tsx';
import { queueBatch } from './work.ts';
import styles from './inspector.module.css';

/** How many films of this volume, from which seed, in which style. */
export function BatchDialog(): ReactNode {
  const open = useLab((now) => now.panel === 'batch' && now.open !== null);
  const name = useLab((now) => now.open?.name ?? '');
  const [views, setViews] = useState(100);
  const [seed, setSeed] = useState(1);
  const [style, setStyle] = useState<LabStyle>('drr');
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setLab({ panel: isOpen ? 'batch' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            Queue a batch
          </Heading>
          <p className={styles['long']}>
            Films of {name}, each with its own tube, exposure, body size and rotation, drawn from the seed.
            The same seed makes the same films. They are written as DICOM with boxes and labels into a folder
            of their own; stopped at any moment, the batch goes on where it was.
          </p>
          <NumberField
            id="batch-views"
            label="Films of each hip"
            value={views}
            least={1}
            most={100000}
            onChange={setViews}
          />
          <NumberField
            id="batch-seed"
            label="Seed"
            value={seed}
            least={0}
            most={4294967295}
            onChange={setSeed}
          />
          <RadioGroup
            value={style}
            onChange={(value) => setStyle(labStyle.parse(value))}
            className={cx(styles['row'])}
          >
            <Label className={cx(controls['label'])}>Style</Label>
            <div className={segments['segments']}>
              {labStyle.options.map((each) => (
                <Choice key={each} value={each} className={cx(segments['segment'])}>
                  {styleWords[each]}
                </Choice>
              ))}
            </div>
          </RadioGroup>
          <div className={dialog['actions']}>
            <Button className={cx(controls['button'])} onPress={() => setLab({ panel: null })}>
              Close
            </Button>
            <Button
              className={cx(controls['button'], controls['primary'])}
              onPress={() => void queueBatch({ views, seed, style })}
            >
              Queue
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
