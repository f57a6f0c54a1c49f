import { create } from 'zustand';
import type {
  LabBatch,
  LabPictureHeader,
  LabSetup,
  LabVolume,
  LabWindow,
} from '../../electron/contract/lab.ts';
import { standardSetup } from '../../electron/contract/lab.ts';
import type { FrameIndex } from '../../electron/contract/labFrame.ts';

/** A picture as the station made it. */
export interface LabPicture {
  readonly header: LabPictureHeader;
  /** rows × columns, 0 … 4095, rising with attenuation. */
  readonly samples: Uint16Array;
  /** From the change that asked for it to its bytes being here. */
  readonly waitedMs: number;
}

/** A CT that is on its way in, or a phantom that is being built. */
export interface Preparation {
  readonly kind: 'add' | 'phantom';
  readonly label: string;
  readonly done: number;
  /** 0 where the end cannot be told. */
  readonly of: number;
  /** performance.now() when its present step began. */
  readonly since: number;
}

export type LabPanel = 'phantom' | 'batch' | null;

interface LabState {
  /** Null until the list has come. */
  readonly volumes: readonly LabVolume[] | null;
  readonly listError: string | null;
  readonly preparation: Preparation | null;
  /** Why the last CT or phantom did not come; stays until the next try. */
  readonly refusal: { readonly name: string; readonly sentence: string } | null;
  /** The volume that was chosen; null before one was. */
  readonly chosen: string | null;
  /** It, once the station has it in memory. */
  readonly open: LabVolume | null;
  readonly openError: string | null;
  /** Where the three planes cross. */
  readonly cross: FrameIndex;
  readonly window: LabWindow;
  readonly setup: LabSetup;
  readonly past: readonly LabSetup[];
  readonly future: readonly LabSetup[];
  /** A hand is on the tube or on a slider: only previews are made. */
  readonly held: boolean;
  readonly tool: 'turn' | 'move';
  readonly picture: LabPicture | null;
  readonly pictureError: string | null;
  /** A picture is being made for longer than a glance. */
  readonly waiting: boolean;
  readonly sending: boolean;
  readonly batches: readonly LabBatch[];
  readonly panel: LabPanel;
}

export const useLab = create<LabState>(() => ({
  volumes: null,
  listError: null,
  preparation: null,
  refusal: null,
  chosen: null,
  open: null,
  openError: null,
  cross: [0, 0, 0],
  window: 'bone',
  setup: standardSetup('pelvis'),
  past: [],
  future: [],
  held: false,
  tool: 'turn',
  picture: null,
  pictureError: null,
  waiting: false,
  sending: false,
  batches: [],
  panel: null,
}));

export const setLab = useLab.setState;
export const lab = useLab.getState;
