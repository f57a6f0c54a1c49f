import * as z from 'zod';

/** A point in DICOM patient coordinates, mm: to the patient's left, back and head. */
const point = z.tuple([z.number(), z.number(), z.number()]);
export type LabPoint = z.infer<typeof point>;

export const labSide = z.enum(['left', 'right']);
export type LabSide = z.infer<typeof labSide>;
/** An AP pelvis with both hips, or an AP film of one hip. */
export const labView = z.enum(['pelvis', 'left', 'right']);
export type LabView = z.infer<typeof labView>;
export const labStyle = z.enum(['clinic', 'drr']);
export type LabStyle = z.infer<typeof labStyle>;
export const labGrade = z.enum(['none', 'I', 'II', 'III', 'IV']);
export type LabGrade = z.infer<typeof labGrade>;

/** A volume's name everywhere: SHA-256 of its files, or of a phantom's parameters. */
export const volumeHash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A volume's voxels in anatomical order whatever the order in the file: index (a, b, c) rises to the
 * patient's left, back and head along the volume's own axes. The centre of voxel (a, b, c) is
 * origin + a · spacing[0] · axes[0] + b · spacing[1] · axes[1] + c · spacing[2] · axes[2].
 */
export const labFrame = z.strictObject({
  size: z.tuple([z.number().int().positive(), z.number().int().positive(), z.number().int().positive()]),
  /** mm */
  spacing: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  origin: point,
  /** Unit vectors. */
  axes: z.tuple([point, point, point]),
});
export type LabFrame = z.infer<typeof labFrame>;

/** Where a hip is, and who says so; or why it is not there. */
export const labHip = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('here'),
    by: z.enum(['search', 'phantom', 'person']),
    headCentre: point,
    /** mm */
    headRadius: z.number().positive(),
  }),
  z.strictObject({ state: z.literal('missing'), reason: z.string() }),
]);
export type LabHip = z.infer<typeof labHip>;

/** One volume that the lab keeps. */
export const labVolume = z.strictObject({
  volume: volumeHash,
  kind: z.enum(['ct', 'phantom']),
  name: z.string(),
  /** One line for the list: the scanner's own words, or who the phantom is. */
  description: z.string().nullable(),
  simulated: z.boolean(),
  addedAt: z.iso.datetime(),
  frame: labFrame,
  hips: z.strictObject({ left: labHip, right: labHip }),
  /** What was noticed while it was read; sentences. */
  notes: z.array(z.string()),
});
export type LabVolume = z.infer<typeof labVolume>;

/** What a picture's greys are made with; the ranges are those of the lab's controls. */
export const labLook = z.strictObject({
  /** Percentiles of the body that become black and white. */
  window: z.tuple([z.number().min(0).max(40), z.number().min(60).max(100)]),
  gamma: z.number().min(0.4).max(2.5),
  /** Share of fine detail that is added. */
  sharpening: z.number().min(0).max(2),
  /** Share of the coarse shade that is taken away. */
  localContrast: z.number().min(0).max(0.8),
});
export type LabLook = z.infer<typeof labLook>;

/** Everything that a person sets in the lab: how the patient lies, the tube stands and the film is developed. */
export const labSetup = z.strictObject({
  view: labView,
  style: labStyle,
  /** Beam turned toward the head (positive) or the feet, degrees; tube and detector together. */
  craniocaudalAngle: z.number().min(-45).max(45),
  /** Beam turned toward the patient's left (positive) or right, degrees. */
  axialAngle: z.number().min(-90).max(90),
  /** Central ray moved to the patient's left and head, mm. */
  shift: z.tuple([z.number().min(-200).max(200), z.number().min(-200).max(200)]),
  /** mm */
  sourceToImageDistance: z.number().min(800).max(2000),
  /** Source to the hips, mm. */
  sourceToObjectDistance: z.number().min(600).max(1950),
  /** The scanned body turned about the hip, degrees; internal rotation of that leg is positive. 0 on a pelvis. */
  internalRotation: z.number().min(-45).max(45),
  /** The body scaled about the central ray: width and depth, and height. */
  girth: z.number().min(0.75).max(1.35),
  height: z.number().min(0.8).max(1.2),
  /** kV */
  tubeVoltage: z.number().min(50).max(120),
  charge: z.number().min(1).max(100),
  /** Added aluminium, mm. */
  filtration: z.number().min(1).max(6),
  grid: z.boolean(),
  /** Of the noise, and of the detector and scatter that the style draws. */
  seed: z.number().int().min(0).max(0xffff_ffff),
  look: labLook,
});
export type LabSetup = z.infer<typeof labSetup>;

/** The tube is never closer to the detector than this behind the hips, mm. */
export const leastObjectToImageDistance = 50;

export const plainLook: LabLook = { window: [0.5, 99.8], gamma: 1, sharpening: 0, localContrast: 0 };
const clinicLook: LabLook = { window: [2, 99.7], gamma: 1.1, sharpening: 0.6, localContrast: 0.35 };
/** The look that a style begins with. */
export const lookOf = (style: LabStyle): LabLook => (style === 'drr' ? plainLook : clinicLook);

/** A standard AP film: 75 kV behind a grid at 115 cm (European guidelines, EUR 16260), 16 mAs (Precht 2019). */
export function standardSetup(view: LabView): LabSetup {
  return {
    view,
    style: 'clinic',
    craniocaudalAngle: 0,
    axialAngle: 0,
    shift: [0, 0],
    sourceToImageDistance: 1150,
    sourceToObjectDistance: 1000,
    internalRotation: 0,
    girth: 1,
    height: 1,
    tubeVoltage: 75,
    charge: 16,
    filtration: 3,
    grid: true,
    seed: 1,
    look: clinicLook,
  };
}

/** 'preview' has coarse pixels and is there while a hand moves; 'full' is what becomes a film. */
export const labResolution = z.enum(['preview', 'full']);
export type LabResolution = z.infer<typeof labResolution>;

/** The body of a request for a picture. */
export const labPictureRequest = z.strictObject({ setup: labSetup, resolution: labResolution });
export type LabPictureRequest = z.infer<typeof labPictureRequest>;

/** The header line of a picture: its size, and what was computed for it. */
export const labPictureHeader = z.strictObject({
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  /** At the detector, mm. */
  pixelSpacing: z.number().positive(),
  resolution: labResolution,
  /** The setup that this picture was made with. */
  setup: labSetup,
  /** The field reaches above or below the scan, where its last slice is continued. */
  beyondScan: z.boolean(),
  /** Rays were traced for it; false where stored line integrals were developed again. */
  traced: z.boolean(),
  traceMs: z.number().nonnegative(),
  developMs: z.number().nonnegative(),
  projector: z.string(),
});
export type LabPictureHeader = z.infer<typeof labPictureHeader>;

export const labPlane = z.enum(['axial', 'coronal', 'sagittal']);
export type LabPlane = z.infer<typeof labPlane>;
export const labPlanes = labPlane.options;
export const labWindow = z.enum(['bone', 'soft']);
export type LabWindow = z.infer<typeof labWindow>;
/** Centre and width in HU. */
export const hounsfieldWindows: Record<LabWindow, { readonly centre: number; readonly width: number }> = {
  bone: { centre: 400, width: 1800 },
  soft: { centre: 40, width: 400 },
};

export const labSliceHeader = z.strictObject({
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
});

/** A batch of films from one volume, as it stands. */
export const labBatch = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,64}$/),
  volume: volumeHash,
  volumeName: z.string(),
  /** Films of each hip. */
  views: z.number().int().positive(),
  seed: z.number().int().nonnegative(),
  style: labStyle,
  createdAt: z.iso.datetime(),
  state: z.enum(['waiting', 'running', 'paused', 'done', 'failed']),
  done: z.number().int().nonnegative(),
  /** Films of all its hips. */
  of: z.number().int().nonnegative(),
  /** Of what is left, from the pace of this run; null before the pace is known and where it does not run. */
  secondsLeft: z.number().nonnegative().nullable(),
  /** Why it is paused or failed; a sentence. */
  reason: z.string().nullable(),
  /** Where its pictures are, for a person. */
  folder: z.string(),
});
export type LabBatch = z.infer<typeof labBatch>;

export const labUpload = z.string().regex(/^[a-z0-9-]{8,64}$/);

/** What is asked of the simulation for a new phantom. */
export const phantomRequest = z.strictObject({
  seed: z.number().int().min(0).max(0xffff_ffff),
  left: labGrade,
  right: labGrade,
  /** Edge of a voxel, mm. */
  voxel: z.number().min(0.5).max(3),
});
export type PhantomRequest = z.infer<typeof phantomRequest>;
