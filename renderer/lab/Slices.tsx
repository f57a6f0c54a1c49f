import type { ReactNode } from 'react';
import { Label, RadioGroup } from 'react-aria-components';
import { labPlanes, type LabSide, type LabVolume } from '../../electron/contract/lab.ts';
import { toPatient } from '../../electron/contract/labFrame.ts';
import { Button } from 'react-aria-components';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import segments from '../reading/yourRead.module.css';
import { lab, setLab, useLab } from './lab.ts';
import { SliceView } from './SliceView.tsx';
import { placeHip } from './volumes.ts';
import styles from './slices.module.css';

/** Where a head is put when nobody found it: the size of a mean adult's (24 mm radius). */
const meanRadius = 24;

/** Axial, coronal and sagittal slices that cross in one point, and the hips on them. */
export function Slices({ open }: { readonly open: LabVolume }): ReactNode {
  const window = useLab((now) => now.window);
  return (
    <section className={styles['slices']} aria-label="Slices">
      <div className={styles['planes']}>
        {labPlanes.map((plane) => (
          <SliceView key={plane} plane={plane} open={open} />
        ))}
      </div>
      <div className={styles['line']}>
        <RadioGroup
          value={window}
          onChange={(value) => setLab({ window: value === 'soft' ? 'soft' : 'bone' })}
          className={cx(styles['window'])}
        >
          <Label className={cx(controls['label'])}>Window</Label>
          <div className={segments['segments']}>
            <Choice value="bone" className={cx(segments['segment'])}>
              Bone
            </Choice>
            <Choice value="soft" className={cx(segments['segment'])}>
              Soft tissue
            </Choice>
          </div>
        </RadioGroup>
        <HipWords open={open} side="right" />
        <HipWords open={open} side="left" />
      </div>
    </section>
  );
}

/** Who says where this hip is; or why it is missing and how to mark it. */
function HipWords({ open, side }: { readonly open: LabVolume; readonly side: LabSide }): ReactNode {
  const hip = open.hips[side];
  const name = side === 'left' ? 'Left hip' : 'Right hip';
  if (hip.state === 'missing')
    return (
      <p className={styles['hipWords']}>
        <span>{hip.reason}</span>
        <Button className={cx(controls['button'], styles['small'])} onPress={() => markHere(open, side)}>
          Mark the {side} head at the cross
        </Button>
      </p>
    );
  const by = { search: 'found by the search', phantom: 'known from the phantom', person: 'placed by you' }[
    hip.by
  ];
  return (
    <p className={styles['hipWords']}>
      <span>
        {name} {by}
      </span>
      {hip.by === 'person' && (
        <Button className={cx(controls['button'], styles['small'])} onPress={() => void placeHip(side, null)}>
          As it was
        </Button>
      )}
    </p>
  );
}

function markHere({ frame }: LabVolume, side: LabSide): void {
  void placeHip(side, { centre: toPatient(frame, lab().cross), radius: meanRadius });
}
