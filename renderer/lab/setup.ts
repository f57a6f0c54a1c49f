import type { LabSetup, LabStyle, LabView } from '../../electron/contract/lab.ts';
import { leastObjectToImageDistance, lookOf, standardSetup } from '../../electron/contract/lab.ts';
import { lab, setLab } from './lab.ts';
import { wantPicture } from './pictures.ts';

/** What a slider moves: one number of the setup, or of its look. */
export interface Reach {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

export const reaches = {
  craniocaudalAngle: { least: -45, most: 45, step: 1 },
  axialAngle: { least: -90, most: 90, step: 1 },
  sourceToImageDistance: { least: 800, most: 2000, step: 10 },
  sourceToObjectDistance: { least: 600, most: 1950, step: 10 },
  internalRotation: { least: -45, most: 45, step: 1 },
  girth: { least: 0.75, most: 1.35, step: 0.01 },
  height: { least: 0.8, most: 1.2, step: 0.01 },
  tubeVoltage: { least: 50, most: 120, step: 1 },
  charge: { least: 1, most: 100, step: 1 },
  filtration: { least: 1, most: 6, step: 0.1 },
} as const satisfies Partial<Record<keyof LabSetup, Reach>>;
const mostShift = 200;

export type Dial = keyof typeof reaches;

export const kept = (value: number, { least, most, step }: Reach): number => {
  const whole = Math.round(Math.min(most, Math.max(least, value)) / step) * step;
  // Steps such as 0.1 leave dust behind the last digit that is shown.
  return Number(whole.toFixed(4));
};

const mostSteps = 200;
/** Two changes of the same thing within this time are one step of undo. */
const oneStepMs = 900;
let last = { label: '', at: -Infinity };

/** Makes one undoable change. `label` names what changed, so that a drag is one step. */
export function change(label: string, patch: Partial<LabSetup>): void {
  const { setup, past, held } = lab();
  const after = standing({ ...setup, ...patch });
  if (JSON.stringify(after) === JSON.stringify(setup)) return;
  const now = performance.now();
  const joins = past.length > 0 && last.label === label && (held || now - last.at < oneStepMs);
  last = { label, at: now };
  setLab({ setup: after, past: joins ? past : [...past.slice(-mostSteps), setup], future: [] });
  wantPicture();
}

/** The tube stays in front of the detector, whichever of the two distances was moved. */
function standing(setup: LabSetup): LabSetup {
  const farthest = setup.sourceToImageDistance - leastObjectToImageDistance;
  return setup.sourceToObjectDistance <= farthest ? setup : { ...setup, sourceToObjectDistance: farthest };
}

export function dial(name: Dial, value: number): void {
  change(name, { [name]: kept(value, reaches[name]) });
}

/** Turns tube and detector by degrees about the patient. */
export function turnTube(axial: number, craniocaudal: number): void {
  const { setup } = lab();
  const fine = (value: number, { least, most }: Reach) => Math.min(most, Math.max(least, value));
  change('turn', {
    axialAngle: fine(setup.axialAngle + axial, reaches.axialAngle),
    craniocaudalAngle: fine(setup.craniocaudalAngle + craniocaudal, reaches.craniocaudalAngle),
  });
}

/** Moves the central ray to the patient's left and head, mm. */
export function moveRay(left: number, head: number): void {
  const { shift } = lab().setup;
  const fine = (value: number) => Math.min(mostShift, Math.max(-mostShift, value));
  change('move', { shift: [fine(shift[0] + left), fine(shift[1] + head)] });
}

/** Takes the tube nearer (below 1) or farther. */
export function moveTube(factor: number): void {
  dial('sourceToObjectDistance', lab().setup.sourceToObjectDistance * factor);
}

/** Another view begins centred and straight; exposure and look stay. */
export function chooseView(view: LabView): void {
  change('view', { view, shift: [0, 0], internalRotation: 0 });
}

export function chooseStyle(style: LabStyle): void {
  change('style', { style, look: lookOf(style) });
}

export function changeLook(name: string, look: Partial<LabSetup['look']>): void {
  change(`look ${name}`, { look: { ...lab().setup.look, ...look } });
}

/** Back to the standard AP of this view. */
export function standardAgain(): void {
  const { view, seed } = lab().setup;
  change('standard', { ...standardSetup(view), seed });
}

export const isStandard = (setup: LabSetup): boolean =>
  JSON.stringify(setup) === JSON.stringify({ ...standardSetup(setup.view), seed: setup.seed });

export function undo(): void {
  const { past, future, setup } = lab();
  const before = past.at(-1);
  if (before === undefined) return;
  last = { label: '', at: -Infinity };
  setLab({ setup: before, past: past.slice(0, -1), future: [setup, ...future] });
  wantPicture();
}

export function redo(): void {
  const { past, future, setup } = lab();
  const next = future[0];
  if (next === undefined) return;
  last = { label: '', at: -Infinity };
  setLab({ setup: next, past: [...past, setup], future: future.slice(1) });
  wantPicture();
}

/** While a hand holds something only previews are made; with the hand off comes the full picture. */
export function hold(held: boolean): void {
  if (lab().held === held) return;
  setLab({ held });
  if (!held) {
    last = { label: '', at: -Infinity };
    wantPicture();
  }
}

/** Drags of the picture turn the tube, or move the central ray. */
export const toggleMove = (): void => setLab((now) => ({ tool: now.tool === 'move' ? 'turn' : 'move' }));
