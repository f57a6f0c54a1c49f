/** Which examples an epoch consists of, and in which order. */
import { CalcarError } from '../../contract/errors.ts';
import { gradeGroups } from '../../contract/finding.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { imageSources, type ImageSource } from '../../contract/snapshot.ts';
import type { Random } from '../../random/random.ts';

/** What the order depends on. */
export interface Drawable {
  readonly source: ImageSource;
  /** Place among the classes; null for films, which have none. */
  readonly group: number | null;
}

/** Examples that an epoch draws so many from. */
interface Quota {
  /** Places in the list of all examples. */
  readonly members: readonly number[];
  readonly count: number;
}

export interface EpochPlan {
  readonly quotas: readonly Quota[];
  readonly examplesPerEpoch: number;
  /** By example: how much it counts in the loss. The mean over an epoch is 1. */
  readonly weights: Float32Array;
}

const sourceNames: Record<ImageSource, string> = {
  film: 'films',
  drr: 'radiographs computed from CT',
  gan: 'generated pictures',
};

/**
 * What an epoch is made of.
 *
 * - Without shares of sources an epoch has as many examples as there are. With them it has as many as makes the
 *   films' share the number of films (where films have no share: that of the first source that has one), and each
 *   source gives its share.
 * - 'draw' makes each class an equal part of what each source gives; 'weights' leaves the draws as they are and
 *   weighs each example by 1 / (classes · share of its class in an epoch).
 *
 * Within such a part every example comes as often as any other, or once more.
 *
 * @throws CalcarError 'invalid-input' without examples, or where a source or a class that is asked for has none
 */
export function planEpoch(
  examples: readonly Drawable[],
  { balance, sources }: Pick<Recipe, 'balance' | 'sources'>,
): EpochPlan {
  if (examples.length === 0)
    throw new CalcarError(
      'invalid-input',
      'There is nothing to learn from: the snapshot holds no picture of the kind that this network learns from. Choose another snapshot, or label more films.',
    );
  const quotas = sources === null ? [everything(examples)] : bySource(examples, sources);
  const balanced = examples[0]!.group === null ? 'none' : balance;
  if (balanced !== 'none') for (const quota of quotas) refuseMissingClass(examples, quota);
  const drawn = balanced === 'draw' ? quotas.flatMap((quota) => byClass(examples, quota)) : quotas;
  return {
    quotas: drawn,
    examplesPerEpoch: drawn.reduce((sum, { count }) => sum + count, 0),
    weights:
      balanced === 'weights' ? classWeights(examples, quotas) : new Float32Array(examples.length).fill(1),
  };
}

function everything(examples: readonly Drawable[]): Quota {
  return { members: [...examples.keys()], count: examples.length };
}

function bySource(examples: readonly Drawable[], sources: NonNullable<Recipe['sources']>): Quota[] {
  const wanted = imageSources.filter((source) => sources[source] > 0);
  const of = (source: ImageSource): number[] =>
    [...examples.keys()].filter((i) => examples[i]!.source === source);
  for (const source of wanted) {
    if (of(source).length === 0)
      throw new CalcarError(
        'invalid-input',
        `The recipe asks for ${sourceNames[source]}, and the snapshot holds none to learn from. Set their share to 0, or choose another snapshot.`,
      );
  }
  const [first] = wanted;
  if (first === undefined)
    throw new CalcarError(
      'invalid-input',
      'The recipe gives every source of pictures a share of 0, so there is nothing to learn from. Give at least one of them a share.',
    );
  return wanted.map((source) => ({
    members: of(source),
    count: Math.max(1, Math.round((of(first).length * sources[source]) / sources[first])),
  }));
}

function refuseMissingClass(examples: readonly Drawable[], { members }: Quota): void {
  const missing = gradeGroups.filter((_, group) => !members.some((i) => examples[i]!.group === group));
  if (missing.length > 0)
    throw new CalcarError(
      'invalid-input',
      `Classes cannot be balanced: among ${String(members.length)} examples to learn from there is none of ${missing.map((name) => classNames[name]).join(' and none of ')}. Label some, or train without balancing.`,
    );
}

const classNames: Record<(typeof gradeGroups)[number], string> = {
  none: 'no fracture',
  'I-II': 'Garden I-II',
  'III-IV': 'Garden III-IV',
};

function byClass(examples: readonly Drawable[], { members, count }: Quota): Quota[] {
  return gradeGroups.map((_, group) => ({
    members: members.filter((i) => examples[i]!.group === group),
    // The thirds of a number that three does not divide differ by one and sum up to it.
    count:
      Math.floor(((group + 1) * count) / gradeGroups.length) -
      Math.floor((group * count) / gradeGroups.length),
  }));
}

function classWeights(examples: readonly Drawable[], quotas: readonly Quota[]): Float32Array {
  const total = quotas.reduce((sum, { count }) => sum + count, 0);
  const share = gradeGroups.map((_, group) =>
    quotas.reduce(
      (sum, { members, count }) =>
        sum + (count / total) * (members.filter((i) => examples[i]!.group === group).length / members.length),
      0,
    ),
  );
  return Float32Array.from(examples, ({ group }) => 1 / (gradeGroups.length * share[group!]!));
}

/** The examples of one epoch in their order. @param random the epoch's own stream */
export function epochOrder({ quotas }: EpochPlan, random: Random): number[] {
  const picked = quotas.flatMap(({ members, count }) => {
    const turns: number[] = [];
    while (turns.length < count) turns.push(...random.shuffled(members).slice(0, count - turns.length));
    return turns;
  });
  return random.shuffled(picked);
}
