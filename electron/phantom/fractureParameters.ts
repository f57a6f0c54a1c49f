import {
  type Degrees,
  degrees,
  type HounsfieldUnits,
  hounsfield,
  type Millimetres,
  mm,
} from '../contract/units.ts';
import type { Random } from '../random/random.ts';

export type PhantomGrade = 'none' | 'I' | 'II' | 'III' | 'IV';

/** One femoral neck fracture: where it runs and how its fragments lie. */
export interface FractureParameters {
  readonly grade: Exclude<PhantomGrade, 'none'>;
  /** Where the fracture crosses the neck axis: 0 at the edge of the head, 1 at the trochanteric line. */
  readonly neckFraction: number;
  /** Of the fracture against the horizontal of the femur, seen from the front. */
  readonly pauwelsAngle: Degrees;
  /** Turn of the fracture plane out of the frontal view; positive opens it to the front. */
  readonly obliquity: Degrees;
  /** Rotation of the head in the frontal plane: valgus positive, varus negative. */
  readonly valgus: Degrees;
  readonly posteriorTilt: Degrees;
  /** Where on the cut the fragments hinge: -1 at the lower edge of the neck, 1 at the upper. */
  readonly hinge: number;
  /** How far the fragments are driven into each other beyond the tilt. */
  readonly impaction: Millimetres;
  /** Open space between the fracture faces where they still stand opposite. */
  readonly gap: Millimetres;
  /** Slide of the distal fragment up along the fracture, as a share of the neck's height. */
  readonly slide: number;
  /** Further external rotation of the distal fragment. */
  readonly externalRotation: Degrees;
  /** Upward migration of the shaft. */
  readonly migration: Millimetres;
  readonly roughness: Millimetres;
  /** Density that crushing adds in the impacted zone. */
  readonly sclerosis: HounsfieldUnits;
  /** Splinters that broke off at the back and below. */
  readonly splinters: number;
}

/**
 * Draws the fracture of a grade. Sources: valgus 10 to 11° and posterior tilt 15 to 28° of impacted
 * fractures (Steinberg; Du: the head's centre shifts by 8.8 (4.5) mm); tilt 18.4 (5.2)° of partly displaced
 * ones in varus (Liu 2023), whose alignment index is 120 to 150° (Garden 1961); fully displaced ones lost
 * contact, the shaft rides 10 to 30 mm up and the head is back in line with the socket (Garden 1961). Grade
 * II is complete and hardly moved by definition. Places and slopes of the line do not tell the grades apart,
 * but for a slightly flatter one where it is impacted.
 */
export function sampleFracture(random: Random, grade: Exclude<PhantomGrade, 'none'>): FractureParameters {
  const shape = random.stream('shape');
  const common = {
    grade,
    neckFraction: shape.chance(0.65) ? shape.between(0.04, 0.3) : shape.between(0.3, 0.6),
    pauwelsAngle: degrees(shape.normalWithin(grade === 'I' ? 42 : 48, 10, 30, 72)),
    obliquity: degrees(shape.normalWithin(0, 8, -20, 20)),
    roughness: mm(shape.between(0.5, 2)),
    hinge: -0.8,
    impaction: mm(0),
    gap: mm(0),
    slide: 0,
    externalRotation: degrees(0),
    migration: mm(0),
    sclerosis: hounsfield(0),
    splinters: 0,
  };
  const motion = random.stream('motion');
  switch (grade) {
    case 'I':
      return {
        ...common,
        valgus: degrees(motion.normalWithin(11, 5, 4, 25)),
        posteriorTilt: degrees(motion.normalWithin(18, 9, 0, 40)),
        impaction: mm(motion.between(0.5, 3)),
        externalRotation: degrees(motion.between(-2, 6)),
        sclerosis: hounsfield(motion.between(150, 300)),
      };
    case 'II':
      return {
        ...common,
        valgus: degrees(motion.between(-3, 3)),
        posteriorTilt: degrees(motion.between(0, 10)),
        gap: mm(motion.between(0.4, 1.2)),
        slide: motion.between(0.01, 0.06),
        externalRotation: degrees(motion.between(0, 5)),
      };
    case 'III':
      return {
        ...common,
        valgus: degrees(-motion.normalWithin(20, 7, 10, 36)),
        posteriorTilt: degrees(motion.normalWithin(18.4, 5.2, 5, 32)),
        // Part of the wedge that varus opens above is taken up by crushing below.
        hinge: motion.between(-0.8, -0.2),
        gap: mm(motion.between(0, 1.5)),
        slide: motion.between(0.15, 0.45),
        externalRotation: degrees(motion.between(15, 45)),
        sclerosis: hounsfield(motion.between(0, 120)),
        splinters: motion.integer(4),
      };
    case 'IV':
      return {
        ...common,
        valgus: degrees(motion.between(-8, 8)),
        posteriorTilt: degrees(motion.between(-8, 12)),
        gap: mm(motion.between(2, 6)),
        externalRotation: degrees(motion.between(30, 60)),
        migration: mm(motion.between(10, 30)),
        splinters: motion.integer(5),
      };
  }
}

/** The same fracture with `left` of its displacement (1 all, 0 none). */
export function reducedFracture(p: FractureParameters, left: number): FractureParameters {
  if (left === 1) return p;
  return {
    ...p,
    valgus: degrees(p.valgus * left),
    posteriorTilt: degrees(p.posteriorTilt * left),
    impaction: mm(p.impaction * left),
    gap: mm(p.gap * left),
    slide: p.slide * left,
    externalRotation: degrees(p.externalRotation * left),
    migration: mm(p.migration * left),
    splinters: 0,
  };
}
