import * as z from 'zod';
import { gradeGroup, laterality, probabilities, warningKinds } from './finding.ts';
import { box } from './image.ts';
import { hipScope } from './scope.ts';
import { imageSource, patientKey, snapshotGrade, study } from './snapshot.ts';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
const hash = z.string();

/** What a number is counted over. */
export const countedThings = ['hips', 'films', 'patients'] as const;

/**
 * How an interval was made. 'patient-bootstrap' draws whole patients, 2,000 times, so that several hips of one patient
 * count as what they are; 'wilson', 'delong', 'logit' and 'regression' take every hip for a patient of its own and
 * are narrower where a patient has several.
 */
export const intervalMethods = ['wilson', 'patient-bootstrap', 'delong', 'logit', 'regression'] as const;

/** An estimate with its 95 % confidence interval and what it was counted over. No number is reported without. */
export const estimate = z.strictObject({
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
  n: count,
  of: z.enum(countedThings),
  method: z.enum(intervalMethods),
});
export type Estimate = z.infer<typeof estimate>;
/** Null where nothing was there to count, or too little to say. */
const perhaps = estimate.nullable();

/** One hip of a film that was read: the truth beside the answer. */
export const hipOutcome = z.strictObject({
  laterality: laterality.exclude(['unknown']),
  /** Null: counts for the localizer alone. */
  grade: snapshotGrade.nullable(),
  implant: z.string().nullable(),
  condition: z.string().nullable(),
  /** In pixels of the film. */
  box,
  /** Null when no box of the machine lay on this hip. */
  found: z
    .strictObject({
      box,
      /** Intersection over union with the true box. */
      overlap: share,
      /** As the machine says it; the film's own side is kept from it. */
      laterality,
      presence: share,
      probabilities,
      /** What the learned gate took it for; null where it was not asked. */
      scope: hipScope.nullable().default(null),
      /** The classifier's last hidden layer, for asking what else it carries; null where it was not kept. */
      features: z.array(z.number()).nullable().default(null),
    })
    .nullable(),
});
export type HipOutcome = z.infer<typeof hipOutcome>;

/** One film as a station reads it, from the quality gate to the probabilities. */
export const filmOutcome = z.strictObject({
  patient: patientKey,
  sex: z.enum(['F', 'M', 'O']).nullable(),
  ageYears: z.number().nonnegative().nullable(),
  /** From 0, among the films of the patient. */
  film: count,
  image: hash,
  source: imageSource,
  look: z.string().nullable(),
  view: z.enum(['pelvis', 'left', 'right', 'unknown']),
  device: z.string().nullable(),
  site: z.string().nullable(),
  /** Why the film got no answer; null when it got one. */
  refusal: z.enum(warningKinds).nullable(),
  /** What it was doubted for. */
  doubts: z.array(z.enum(warningKinds)).default([]),
  /** As of the finding: what drift is watched by. */
  input: z.record(z.string(), z.number()).nullable().default(null),
  /** Boxes of the machine where no hip is. */
  falseBoxes: count,
  milliseconds: z.number().nonnegative(),
  hips: z.array(hipOutcome),
});
export type FilmOutcome = z.infer<typeof filmOutcome>;

export const named = z.strictObject({ name: z.string(), hash });

/** Whether the films could be known to the model. */
export const independence = z.strictObject({
  /** 'unknown' when the model's folder does not say whom it learned from. */
  known: z.enum(['independent', 'unknown']),
  /** Patients to tune on that chose among the model's epochs too. */
  tunedOnToo: count,
  sentence: z.string(),
});

/** Everything that was read, so that statistics are made, made again and compared without reading again. */
export const outcomes = z.strictObject({
  format: z.literal(1),
  study,
  model: named,
  snapshot: named,
  independence,
  software: z.string(),
  backend: z.string(),
  /** When the films were read. */
  at: z.iso.datetime(),
  tune: z.array(filmOutcome),
  test: z.array(filmOutcome),
});
export type Outcomes = z.infer<typeof outcomes>;

const point = z.tuple([z.number(), z.number()]);

/** Ranking AUC two ways: over the hips that were found, and over all with a missed hip ranked below every found one. */
export const rankingArea = z.strictObject({
  foundByDeLong: perhaps,
  foundByPatient: perhaps,
  allByPatient: perhaps,
});
export type RankingArea = z.infer<typeof rankingArea>;

const decision = z.strictObject({
  sensitivity: perhaps,
  specificity: perhaps,
  ppv: perhaps,
  npv: perhaps,
});

export const operatingPoint = z.strictObject({
  name: z.enum(['Youden', 'high sensitivity', 'high specificity']),
  /** How the threshold was chosen. */
  rule: z.string(),
  /** A fracture is called where its probability is at least this. */
  threshold: share,
  fixedOn: z.strictObject({ patients: count, hips: count }),
  ...decision.shape,
  counts: z.strictObject({
    truePositive: count,
    falseNegative: count,
    trueNegative: count,
    falsePositive: count,
  }),
  atPrevalence: z.strictObject({ prevalence: share, ppv: perhaps, npv: perhaps }),
});
export type OperatingPoint = z.infer<typeof operatingPoint>;

const reliabilityBin = z.strictObject({
  /** Mean probability of the answers in this bin. */
  confidence: share,
  right: estimate,
});

const calibration = z.strictObject({
  expectedCalibrationError: perhaps,
  brier: perhaps,
  /** Of 'fracture': 1 and 0 when calibrated. */
  slope: perhaps,
  intercept: perhaps,
  inTheLarge: perhaps,
  reliability: z.array(reliabilityBin),
});
export type CalibrationReport = z.infer<typeof calibration>;

/** One part of the hips beside all others. */
export const subgroup = z.strictObject({
  name: z.string(),
  patients: count,
  hips: count,
  meanOverlap: perhaps,
  found: perhaps,
  topOne: perhaps,
  balancedAccuracy: perhaps,
  sensitivity: perhaps,
  specificity: perhaps,
  area: perhaps,
  /** Balanced accuracy here less that of all others; null when a class is missing in either. */
  gap: perhaps,
  /** The interval of the gap leaves out 0. */
  differs: z.boolean(),
});
export type Subgroup = z.infer<typeof subgroup>;

/** A confident mistake, to be looked at. */
export const namedError = z.strictObject({
  patient: patientKey,
  film: count,
  /** Of the film's pixels: where a station holds the film, by this. */
  image: hash,
  laterality: laterality.exclude(['unknown']),
  view: z.string(),
  grade: snapshotGrade,
  answer: gradeGroup.nullable(),
  probabilities: probabilities.nullable(),
  overlap: share,
  implant: z.string().nullable(),
  box,
  answeredBox: box.nullable(),
});
export type NamedError = z.infer<typeof namedError>;

const members = z.strictObject({ patients: count, films: count, hips: count, graded: count });

/** What `calcar evaluate --json` prints. */
export const evaluationReport = z.strictObject({
  format: z.literal(3),
  /** Said before any number: what the numbers are not. Null for films of patients. */
  warning: z.string().nullable(),
  study,
  model: named,
  snapshot: named,
  independence,
  software: z.string(),
  backend: z.string(),
  readAt: z.iso.datetime(),
  tune: members,
  test: members,
  millisecondsPerFilm: estimate,
  refusals: z.array(z.strictObject({ kind: z.enum(warningKinds), films: estimate })),
  localizer: z.strictObject({
    /** Intersection over union; a missed hip counts 0. */
    meanOverlap: estimate,
    overlapAbove07: estimate,
    found: estimate,
    falseBoxesPerFilm: estimate,
    filmsWithFalseBox: estimate,
    /** Of the found hips, those whose side is right. */
    rightSide: perhaps,
  }),
  classifier: z.strictObject({
    /** Of all hips that have a class; a missed hip is wrong. */
    topOne: estimate,
    topOneByPatient: estimate,
    topOneOfFound: perhaps,
    balancedAccuracy: estimate,
    macroSpecificity: perhaps,
    /** The number that the paper calls accuracy, of found hips. */
    meanOneVersusRest: perhaps,
    macroArea: rankingArea,
    byClass: z.array(
      z.strictObject({
        group: gradeGroup,
        hips: count,
        accuracy: perhaps,
        ...decision.shape,
        area: rankingArea,
        averagePrecision: perhaps,
      }),
    ),
    /** `fractureRight`: of a broken hip, answered as any fracture at the Youden threshold; of a whole one, not. */
    byGrade: z.array(
      z.strictObject({
        grade: snapshotGrade,
        hips: count,
        found: perhaps,
        right: perhaps,
        fractureRight: perhaps,
      }),
    ),
    /** Rows: truth none, I-II, III-IV; columns: answered none, I-II, III-IV, not found. */
    confusion: z.array(z.array(count)),
  }),
  fracture: z.strictObject({
    area: rankingArea,
    averagePrecision: perhaps,
    operatingPoints: z.array(operatingPoint),
    /** (1 - specificity, sensitivity) over the found hips, with the band that holds 95 % of the draws of patients. */
    roc: z.array(point),
    rocBand: z.array(z.tuple([z.number(), z.number(), z.number()])),
    /** (recall, precision). */
    precisionRecall: z.array(point),
    /** Share of broken hips: the precision of guessing. */
    prevalence: perhaps,
  }),
  calibration: z.strictObject({
    temperature: z.number().positive().nullable(),
    fixedOn: z.strictObject({ patients: count, hips: count }),
    before: calibration,
    after: calibration.nullable(),
  }),
  conformal: z
    .strictObject({
      miscoverage: share,
      fixedOn: z.strictObject({ patients: count, hips: count }),
      coverage: perhaps,
      coverageByClass: z.array(z.strictObject({ group: gradeGroup, coverage: perhaps })),
      meanSetSize: perhaps,
      /** By number of groups in the set, from 0 to 3. */
      setSizes: z.array(perhaps),
      rightOfSingle: perhaps,
    })
    .nullable(),
  abstention: z.strictObject({
    /** Of all hips, those that a station leaves to a human. */
    needsHuman: perhaps,
    /** Of those that it does not, the share whose class is right. */
    rightOfAnswered: perhaps,
  }),
  subgroups: z.array(z.strictObject({ by: z.string(), groups: z.array(subgroup) })),
  /** Cohen's kappa with the truth, over draws of patients; of found hips. */
  agreement: z.strictObject({
    /** None, I-II, III-IV. */
    threeClasses: perhaps,
    /** I-II or III-IV, of broken hips that were answered as broken: what readers were asked who were given fractures. */
    displacement: perhaps,
  }),
  /** Whether the numbers above can come from the confusion matrix above. */
  consistency: z.strictObject({ holds: z.boolean(), sentence: z.string() }),
  errors: z.array(namedError),
});
export type EvaluationReport = z.infer<typeof evaluationReport>;
