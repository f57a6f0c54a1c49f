import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button, Dialog, Heading, Label, Modal, ModalOverlay, RadioGroup } from 'react-aria-components';
import { labGrade, type LabGrade } from '../../electron/contract/lab.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import segments from '../reading/yourRead.module.css';
import { setLab, useLab } from './lab.ts';
import { NumberField } from '../design/NumberField.tsx';
import { newPhantom } from './volumes.ts';
import styles from './inspector.module.css';

const voxels = [
  { mm: 1, words: '1 mm' },
  { mm: 1.5, words: '1.5 mm' },
  { mm: 2, words: '2 mm, quick' },
] as const;
const gradeWords = (grade: LabGrade): string => (grade === 'none' ? 'No fracture' : `Garden ${grade}`);

/** What a new phantom is to be: who it is follows from the seed, how each hip is broken is chosen. */
export function PhantomDialog(): ReactNode {
  const open = useLab((now) => now.panel === 'phantom');
  const busy = useLab((now) => now.preparation !== null);
  const [seed, setSeed] = useState(1);
  const [right, setRight] = useState<LabGrade>('none');
  const [left, setLeft] = useState<LabGrade>('III');
  const [voxel, setVoxel] = useState('1');
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setLab({ panel: isOpen ? 'phantom' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            New phantom
          </Heading>
          <p>
            A pelvis with both hips, built from published measures. Sex, age and shape follow from the seed.
          </p>
          <NumberField
            id="phantom-seed"
            label="Seed"
            value={seed}
            least={0}
            most={4294967295}
            onChange={setSeed}
          />
          <Grades label="Right hip" value={right} onChange={setRight} />
          <Grades label="Left hip" value={left} onChange={setLeft} />
          <RadioGroup value={voxel} onChange={setVoxel} className={cx(styles['row'])}>
            <Label className={cx(controls['label'])}>Voxels</Label>
            <div className={segments['segments']}>
              {voxels.map(({ mm, words }) => (
                <Choice key={mm} value={String(mm)} className={cx(segments['segment'])}>
                  {words}
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
              isDisabled={busy}
              onPress={() => void newPhantom({ seed, left, right, voxel: Number(voxel) })}
            >
              {busy ? 'Another volume is being prepared' : 'Build'}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Grades({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: LabGrade;
  readonly onChange: (grade: LabGrade) => void;
}): ReactNode {
  return (
    <RadioGroup
      value={value}
      onChange={(grade) => onChange(labGrade.parse(grade))}
      className={cx(styles['row'])}
    >
      <Label className={cx(controls['label'])}>{label}</Label>
      <div className={segments['segments']}>
        {labGrade.options.map((grade) => (
          <Choice key={grade} value={grade} label={gradeWords(grade)} className={cx(segments['segment'])}>
            {grade === 'none' ? 'No fracture' : grade}
          </Choice>
        ))}
      </div>
    </RadioGroup>
  );
}
