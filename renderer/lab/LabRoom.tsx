import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { cx } from '../cx.ts';
import { BatchDialog } from './BatchDialog.tsx';
import { Inspector } from './Inspector.tsx';
import { LabSubject } from './LabSubject.tsx';
import { PhantomDialog } from './PhantomDialog.tsx';
import { VolumeList } from './VolumeList.tsx';
import { useLab } from './lab.ts';
import { enterLab, leaveLab } from './volumes.ts';
import styles from './labRoom.module.css';

/** The DRR lab: a volume, its slices, and the radiograph that an X-ray room would take of it. */
export function LabRoom(): ReactNode {
  const open = useLab((now) => now.open !== null);
  useEffect(() => {
    enterLab();
    return leaveLab;
  }, []);
  return (
    <div className={cx(styles['room'], open && styles['withInspector'])}>
      <VolumeList />
      <LabSubject />
      {open && <Inspector />}
      <PhantomDialog />
      <BatchDialog />
    </div>
  );
}
