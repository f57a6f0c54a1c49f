import { buildClassifier, classifierLayers, storedClassifierConfig, type Classifier } from './classifier.ts';
import { initialParameters } from './layers.ts';
import {
  buildLocalizer,
  defaultLocalizerConfig,
  localizerLayers,
  type Localizer,
  type LocalizerConfig,
} from './localizer.ts';
import { defaultClassifierConfig } from './mutasa.ts';
import { buildScope, type ScopeConfig, type ScopeNetwork } from './scope.ts';
import { ModelError, readWeights, sha256 } from './weights.ts';

/** Names of the shipped files, inside models/weights. */
export const modelFiles = {
  localizer: 'localizer.weights',
  classifier: 'classifier.weights',
  card: 'MODEL_CARD.md',
  /** The learned gate's; a folder may have none. */
  scope: 'scope.weights',
} as const;

export interface Models {
  readonly localizer: Localizer;
  readonly classifier: Classifier;
  /** The learned gate; null where the folder has none. It is no part of the hash: it changes no grade. */
  readonly scope: ScopeNetwork | null;
  /** SHA-256 over both weights files, the localizer's first. */
  readonly hash: string;
  /** First heading of the model card. */
  readonly name: string;
  /** The model card, Markdown. Its first line says what the models must not be used for. */
  readonly card: string;
  dispose(): void;
}

/**
 * Loads both networks onto the current backend.
 *
 * @param read gives a file of the models' folder by name (`modelFiles`), and rejects when there is none
 * @throws ModelError 'model-missing' or 'model-damaged'
 */
export async function loadModels(read: (name: string) => Promise<Uint8Array>): Promise<Models> {
  const [localizerBytes, classifierBytes, cardBytes] = await Promise.all(
    [modelFiles.localizer, modelFiles.classifier, modelFiles.card].map(async (name) => {
      try {
        return await read(name);
      } catch (cause) {
        throw new ModelError(
          'model-missing',
          `The model file ${name} could not be read, so no film can be read by the machine. Install Calcar again, or train the models with 'calcar train'.`,
          cause,
        );
      }
    }),
  );
  const scopeBytes = await read(modelFiles.scope).catch((cause: unknown) => {
    if (isAbsent(cause)) return null;
    throw new ModelError(
      'model-damaged',
      `The file of the quality gate (${modelFiles.scope}) is there but could not be read. Install Calcar again, or remove the file.`,
      cause,
    );
  });
  const localizerStored = await readWeights(localizerBytes!, 'localizer');
  const classifierStored = await readWeights(classifierBytes!, 'classifier');
  const scopeStored = scopeBytes && (await readWeights(scopeBytes, 'scope'));
  const both = new Uint8Array(localizerBytes!.length + classifierBytes!.length);
  both.set(localizerBytes!);
  both.set(classifierBytes!, localizerBytes!.length);
  const card = new TextDecoder().decode(cardBytes);
  const localizer = fitting('localizer', () =>
    buildLocalizer(localizerStored.config as LocalizerConfig, localizerStored.parameters),
  );
  const classifier = fitting('classifier', () =>
    buildClassifier(storedClassifierConfig(classifierStored.config), classifierStored.parameters),
  );
  const scope =
    scopeStored &&
    fitting('scope', () => buildScope(scopeStored.config as ScopeConfig, scopeStored.parameters));
  return {
    localizer,
    classifier,
    scope,
    hash: await sha256(both),
    name: /^# (.+)$/m.exec(card)?.[1] ?? 'unnamed',
    card,
    dispose: () => {
      localizer.dispose();
      classifier.dispose();
      scope?.dispose();
    },
  };
}

const isAbsent = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';

function fitting<T>(network: string, build: () => T): T {
  try {
    return build();
  } catch (cause) {
    throw new ModelError(
      'model-damaged',
      `The weights file of the ${network} does not fit the network that it names, so no film can be read. Install Calcar again.`,
      cause,
    );
  }
}

/**
 * Untrained models of the shipped shapes, for self-tests and timings of a backend before any weights are
 * there. Their answers mean nothing.
 *
 * @param uniform numbers in [0, 1)
 */
export function untrainedModels(uniform: () => number): Pick<Models, 'localizer' | 'classifier'> {
  return {
    localizer: buildLocalizer(
      defaultLocalizerConfig,
      initialParameters(localizerLayers(defaultLocalizerConfig), uniform),
    ),
    classifier: buildClassifier(
      defaultClassifierConfig,
      initialParameters(classifierLayers(defaultClassifierConfig), uniform),
    ),
  };
}
