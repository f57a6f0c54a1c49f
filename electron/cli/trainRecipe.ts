/** A recipe from what stands on the command line. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { CalcarError } from '../contract/errors.ts';
import { recipe, type ClassifierShape, type NetworkName, type Recipe } from '../contract/recipe.ts';
import { paperRecipe, quickRecipe, shippedRecipe, strongRecipe } from '../learning/training/recipes.ts';

export const namedRecipes = {
  shipped: shippedRecipe,
  paper: paperRecipe,
  strong: strongRecipe,
  quick: quickRecipe,
} as const;

export interface RecipeOptions {
  readonly network: NetworkName;
  /** A name of `namedRecipes`, or a file. */
  readonly recipe: string;
  readonly architecture?: ClassifierShape['architecture'];
  readonly size?: ClassifierShape['size'];
  readonly transformer?: ClassifierShape['transformer'];
  readonly epochs?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly patience?: number;
  readonly seed?: number;
  readonly sources?: Recipe['sources'];
}

/** @throws CalcarError 'invalid-input' for a file that is no recipe of this network */
export function recipeOf(options: RecipeOptions): Recipe {
  const { epochs, batch, rate, patience, seed, sources, architecture, size, transformer } = options;
  const known = startingFrom(options.recipe, options.network);
  const shape = known.shape && {
    architecture: architecture ?? known.shape.architecture,
    size: size ?? known.shape.size,
    transformer: transformer ?? known.shape.transformer,
  };
  return checked(
    {
      ...known,
      shape,
      epochs: epochs ?? known.epochs,
      batchSize: batch ?? known.batchSize,
      learningRate: rate ?? known.learningRate,
      patience: patience ?? known.patience,
      seed: seed ?? known.seed,
      sources: sources === undefined ? known.sources : sources,
    },
    'The options make no recipe',
  );
}

function startingFrom(name: string, network: NetworkName): Recipe {
  if (Object.hasOwn(namedRecipes, name)) return namedRecipes[name as keyof typeof namedRecipes](network);
  const fromFile = checked(contentsOf(name), `There is no recipe in ${name}`);
  if (fromFile.network === network) return fromFile;
  throw new CalcarError(
    'invalid-input',
    `The recipe in ${name} is for the ${fromFile.network}. Add --network ${fromFile.network}, or take another recipe.`,
  );
}

function contentsOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CalcarError(
      'invalid-input',
      `${path} is neither one of the recipes ${Object.keys(namedRecipes).join(', ')} nor a JSON file that can be read.`,
      cause,
    );
  }
}

function checked(value: unknown, what: string): Recipe {
  const parsed = recipe.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CalcarError(
    'invalid-input',
    `${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not as it should be'}. Nothing was trained.`,
    parsed.error,
  );
}

/** Parses `--sources`: shares of the pictures of an epoch. */
export function mixture(text: string): Recipe['sources'] {
  if (text === 'all') return null;
  if (text === 'film-only') return { film: 1, drr: 0, gan: 0 };
  if (text === 'drr-only') return { film: 0, drr: 1, gan: 0 };
  const [film, drr, gan, ...more] = text.split(':').map(Number);
  const isShare = (share: number | undefined): share is number =>
    share !== undefined && share >= 0 && share <= 1;
  if (more.length > 0 || !isShare(film) || !isShare(drr) || !isShare(gan) || film + drr + gan === 0)
    throw new InvalidArgumentError(
      'Give film-only, drr-only, all, or three shares from 0 to 1 as film:drr:gan, such as 0.5:0.5:0.',
    );
  return { film, drr, gan };
}
