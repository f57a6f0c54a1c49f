import type { ReactNode } from 'react';
import { Button, Label, RadioGroup, SwitchButton, SwitchField } from 'react-aria-components';
import { labStyle, labView, leastObjectToImageDistance } from '../../electron/contract/lab.ts';
import { command } from '../commands/commands.ts';
import { useKeyWords } from '../commands/command.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import segments from '../reading/yourRead.module.css';
import { Dial } from './Dial.tsx';
import { useLab } from './lab.ts';
import { angleWords, rotationWords, sizeWords, styleWords, viewWords } from './labWords.ts';
import {
  change,
  changeLook,
  chooseStyle,
  chooseView,
  dial,
  reaches,
  type Dial as DialName,
} from './setup.ts';
import { NumberField } from '../design/NumberField.tsx';
import { TubeDrawing } from './TubeDrawing.tsx';
import { sendToWorklist } from './work.ts';
import styles from './inspector.module.css';

/** Tube, patient, exposure and look; and what is done with the picture. */
export function Inspector(): ReactNode {
  return (
    <aside className={styles['inspector']} aria-label="Tube and film">
      <div className={styles['parts']}>
        <ViewPart />
        <TubePart />
        <PatientPart />
        <ExposurePart />
        <LookPart />
      </div>
      <ActPart />
    </aside>
  );
}

function Part({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  const id = `lab-${name.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section className={styles['part']} aria-labelledby={id}>
      <h2 id={id} className={controls['heading']}>
        {name}
      </h2>
      {children}
    </section>
  );
}

/** As they lie on a film: the right hip is on its left. */
const viewsInOrder = ['pelvis', 'right', 'left'] as const;

function ViewPart(): ReactNode {
  const view = useLab((now) => now.setup.view);
  const style = useLab((now) => now.setup.style);
  return (
    <Part name="Film">
      <RadioGroup
        aria-label="View"
        value={view}
        onChange={(value) => chooseView(labView.parse(value))}
        className={cx(segments['segments'])}
      >
        {viewsInOrder.map((each) => (
          <Choice key={each} value={each} className={cx(segments['segment'])}>
            {viewWords[each]}
          </Choice>
        ))}
      </RadioGroup>
      <RadioGroup
        value={style}
        onChange={(value) => chooseStyle(labStyle.parse(value))}
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
    </Part>
  );
}

function SetupDial({
  name,
  label,
  words,
  disabled,
  most,
}: {
  readonly name: DialName;
  readonly label: string;
  readonly words: (value: number) => string;
  readonly disabled?: string | null;
  readonly most?: number;
}): ReactNode {
  const value = useLab((now) => now.setup[name]);
  const reach = reaches[name];
  return (
    <Dial
      label={label}
      value={value}
      reach={most === undefined ? reach : { ...reach, most: Math.min(reach.most, most) }}
      words={words(value)}
      disabled={disabled ?? null}
      onChange={(next) => dial(name, next)}
    />
  );
}

function TubePart(): ReactNode {
  const toDetector = useLab((now) => now.setup.sourceToImageDistance);
  return (
    <Part name="Tube">
      <TubeDrawing />
      <SetupDial name="craniocaudalAngle" label="Cranial +, caudal −" words={angleWords} />
      <SetupDial name="axialAngle" label="To the left +, right −" words={angleWords} />
      <SetupDial name="sourceToImageDistance" label="Source to detector" words={millimetres} />
      <SetupDial
        name="sourceToObjectDistance"
        label="Source to hips"
        words={millimetres}
        most={toDetector - leastObjectToImageDistance}
      />
    </Part>
  );
}

const millimetres = (value: number): string => `${String(Math.round(value))} mm`;

function PatientPart(): ReactNode {
  const pelvis = useLab((now) => now.setup.view === 'pelvis');
  return (
    <Part name="Patient">
      <SetupDial
        name="internalRotation"
        label="Rotation at the hip"
        words={rotationWords}
        disabled={pelvis ? 'Choose one hip to turn it' : null}
      />
      <SetupDial name="girth" label="Thin to large" words={sizeWords} />
      <SetupDial name="height" label="Short to tall" words={sizeWords} />
    </Part>
  );
}

function ExposurePart(): ReactNode {
  const plain = useLab((now) => now.setup.style === 'drr');
  const grid = useLab((now) => now.setup.grid);
  return (
    <Part name="Exposure">
      <SetupDial name="tubeVoltage" label="Tube voltage" words={(value) => `${String(value)} kV`} />
      <SetupDial
        name="charge"
        label="Charge"
        words={(value) => `${String(value)} mAs`}
        disabled={plain ? 'A plain DRR has no noise' : null}
      />
      <SetupDial name="filtration" label="Aluminium filter" words={(value) => `${value.toFixed(1)} mm`} />
      <SwitchField
        isSelected={grid && !plain}
        isDisabled={plain}
        onChange={(on) => change('grid', { grid: on })}
      >
        <SwitchButton className={cx(styles['switch'])}>
          <span>{plain ? 'Grid: a plain DRR has no scatter' : 'Anti-scatter grid'}</span>
          <svg width="34" height="20" aria-hidden="true">
            <rect x="1" y="1" width="32" height="18" rx="9" className={styles['slot']} />
            <circle cx={grid && !plain ? 24 : 10} cy="10" r="6" className={styles['knob']} />
          </svg>
        </SwitchButton>
      </SwitchField>
      <SeedField />
    </Part>
  );
}

function SeedField(): ReactNode {
  const seed = useLab((now) => now.setup.seed);
  return (
    <NumberField
      id="lab-seed"
      label="Seed of noise and detector"
      value={seed}
      least={0}
      most={4294967295}
      onChange={(value) => change('seed', { seed: value })}
    />
  );
}

function LookPart(): ReactNode {
  const look = useLab((now) => now.setup.look);
  const [black, white] = look.window;
  const part = { least: 0, step: 0.05 };
  return (
    <Part name="Look">
      <Dial
        label="Black at"
        value={black}
        reach={{ least: 0, most: 40, step: 0.5 }}
        words={`${String(black)} %`}
        onChange={(value) => changeLook('black', { window: [value, white] })}
      />
      <Dial
        label="White at"
        value={white}
        reach={{ least: 60, most: 100, step: 0.1 }}
        words={`${String(white)} %`}
        onChange={(value) => changeLook('white', { window: [black, value] })}
      />
      <Dial
        label="Gamma"
        value={look.gamma}
        reach={{ least: 0.4, most: 2.5, step: 0.05 }}
        words={look.gamma.toFixed(2)}
        onChange={(gamma) => changeLook('gamma', { gamma })}
      />
      <Dial
        label="Sharpening"
        value={look.sharpening}
        reach={{ ...part, most: 2 }}
        words={look.sharpening.toFixed(2)}
        onChange={(sharpening) => changeLook('sharpening', { sharpening })}
      />
      <Dial
        label="Local contrast"
        value={look.localContrast}
        reach={{ ...part, most: 0.8 }}
        words={look.localContrast.toFixed(2)}
        onChange={(localContrast) => changeLook('contrast', { localContrast })}
      />
    </Part>
  );
}

function ActPart(): ReactNode {
  const sending = useLab((now) => now.sending);
  const picture = useLab((now) => now.picture !== null);
  const send = command('lab-send');
  const batch = command('lab-batch');
  const sendKeys = useKeyWords(send);
  const batchKeys = useKeyWords(batch);
  return (
    <div className={styles['act']}>
      <Button
        className={cx(controls['button'], controls['primary'], controls['wide'])}
        isDisabled={sending || !picture}
        onPress={() => void sendToWorklist()}
      >
        {sending ? 'Taking the film' : 'Send to the worklist'}
        {sendKeys !== '' && <kbd className={styles['key']}>{sendKeys}</kbd>}
      </Button>
      <Button className={cx(controls['button'], controls['wide'])} onPress={() => batch.perform()}>
        Queue a batch
        {batchKeys !== '' && <kbd className={styles['key']}>{batchKeys}</kbd>}
      </Button>
    </div>
  );
}
