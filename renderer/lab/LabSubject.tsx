import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { CommandButton } from '../design/IconButton.tsx';
import { command } from '../commands/commands.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import room from '../reading/filmRoom.module.css';
import { chooseFiles, chooseFolder } from '../imports/choose.ts';
import { Picture } from './Picture.tsx';
import { Slices } from './Slices.tsx';
import { setLab, useLab } from './lab.ts';
import { pictureWords, spacingWords } from './labWords.ts';
import { isStandard } from './setup.ts';
import { addCt } from './volumes.ts';
import styles from './labRoom.module.css';

/** The picture over the three planes; or the one thing to do. */
export function LabSubject(): ReactNode {
  const open = useLab((now) => now.open);
  const chosen = useLab((now) => now.chosen);
  const error = useLab((now) => now.openError);
  if (chosen === null) return <EmptyLab />;
  return (
    <main className={styles['subject']} aria-label="DRR lab">
      <header className={room['line']}>
        <h1 className={room['who']} title={open?.name}>
          {open?.name ?? ''}
          {open !== null && <span className={room['facts']}>{spacingWords(open)}</span>}
        </h1>
        <p className={cx(room['badge'], styles['simulated'])}>SIMULATED</p>
      </header>
      {open === null ? (
        <div className={styles['stage']}>
          {error === null ? (
            <p className={room['loading']} role="status">
              Loading the volume
            </p>
          ) : (
            <div className={room['refusal']} role="alert">
              <p className={room['refusalTitle']}>This volume cannot be shown.</p>
              <p>{error}</p>
            </div>
          )}
        </div>
      ) : (
        <>
          <Picture />
          <PictureLine />
          <Slices open={open} />
        </>
      )}
    </main>
  );
}

/** What the picture on the screen was made with: its own numbers, not those of the sliders. */
function PictureLine(): ReactNode {
  const picture = useLab((now) => now.picture);
  const tool = useLab((now) => now.tool);
  const words = picture === null ? '' : pictureWords(picture.header);
  // What the buttons below can do changes with these.
  useLab((now) => isStandard(now.setup));
  useLab((now) => now.past.length > 0);
  useLab((now) => now.future.length > 0);
  return (
    <footer className={cx(room['line'], styles['pictureLine'])}>
      <p className={styles['numbers']} data-testid="picture-line" title={words}>
        {words}
      </p>
      <p className={styles['coarse']}>{picture?.header.resolution === 'preview' && 'Coarse preview'}</p>
      <div className={room['tools']} role="toolbar" aria-label="Tube">
        <CommandButton command={command('undo')} icon="undo" />
        <CommandButton command={command('redo')} icon="redo" />
        <CommandButton command={command('lab-move')} icon="pan" pressed={tool === 'move'} />
        <CommandButton command={command('lab-standard')} label="Standard AP" />
      </div>
    </footer>
  );
}

/** Nothing is chosen: the one thing to do. */
function EmptyLab(): ReactNode {
  const volumes = useLab((now) => now.volumes);
  const preparing = useLab((now) => now.preparation !== null);
  const none = volumes?.length === 0;
  return (
    <main className={cx(room['room'], room['empty'])} aria-label="DRR lab">
      {none && (
        <div className={room['begin']}>
          <h1>Drop a CT of a pelvis here</h1>
          <p>
            A folder of DICOM slices, or a NIfTI, MetaImage or NRRD file. Calcar takes radiographs of it as an
            X-ray room would. Nothing leaves this machine.
          </p>
          <div className={room['choices']}>
            <Button
              className={cx(controls['button'], controls['primary'])}
              isDisabled={preparing}
              onPress={() => chooseFolder(addCt)}
            >
              Choose a folder
            </Button>
            <Button
              className={cx(controls['button'])}
              isDisabled={preparing}
              onPress={() => chooseFiles(addCt)}
            >
              Choose files
            </Button>
          </div>
          <p className={room['or']}>No CT at hand?</p>
          <Button
            className={cx(controls['button'], controls['quiet'])}
            isDisabled={preparing}
            onPress={() => setLab({ panel: 'phantom' })}
          >
            Build a phantom
          </Button>
        </div>
      )}
      {volumes !== null && !none && <p>Choose a volume in the list.</p>}
    </main>
  );
}
