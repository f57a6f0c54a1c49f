/** The models that this station knows, where their files are, and which of them reads. */
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import type {
  ModelShelf,
  PromotionEvent,
  PromotionRules,
  ShelvedEvaluation,
  ShelvedModel,
} from '../../contract/models.ts';
import type { Reader } from '../../database/database.ts';
import {
  addEvaluation,
  addRules,
  evaluationsOf,
  promotionEvents,
  readsBy,
  rulesInForce,
  shelvedModelOf,
  shelvedModels,
  shelveModel,
  type ShelfEntry,
} from '../../database/models.ts';
import {
  confidenceOf,
  copyModel,
  describeModel,
  saliencyVerdictOf,
  stateOfFiles,
} from '../../learning/promotion/modelFiles.ts';
import { loadRun, modelFolder } from '../../learning/training/runFolder.ts';
import type { Context } from '../context.ts';
import { now } from '../context.ts';
import { loadSettings } from '../settings.ts';
import { findTraining } from '../training/runs.ts';

/** What a rollback would undo: promotions that were not undone, the last one first. */
export function standingPromotions(events: readonly PromotionEvent[]): PromotionEvent[] {
  const standing: PromotionEvent[] = [];
  for (const event of events.toReversed()) {
    if (event.kind === 'promoted') standing.unshift(event);
    if (event.kind === 'rolled back') standing.shift();
  }
  return standing;
}

/** The hash of the model that a promotion has put in its place; null while the shipped one reads. */
export async function promotedModel(db: Reader): Promise<string | null> {
  const events = await promotionEvents(db);
  const [last] = standingPromotions(events);
  if (last !== undefined) return last.model.hash;
  // After the last rollback it is the model of before the first promotion, which may be older than the shipped one.
  return events.find(({ kind }) => kind === 'rolled back')?.model.hash ?? null;
}

export class Shelf {
  readonly #context: Context;
  /** The folder of the models that come with Calcar. */
  readonly #shipped: string;

  constructor(context: Context, shipped: string) {
    this.#context = context;
    this.#shipped = shipped;
  }

  folderOf(hash: string): string {
    return join(this.#context.folder.models, hash);
  }

  /** The folder of the model that reads. */
  async currentFolder(): Promise<string> {
    const promoted = await this.#context.database.read(promotedModel);
    return promoted === null ? this.#shipped : this.folderOf(promoted);
  }

  /** @throws CalcarError 'model-missing' where not even a shipped model is there */
  async currentHash(): Promise<string> {
    return (await this.#context.database.read(promotedModel)) ?? (await this.#shelveShipped()).hash;
  }

  async list(): Promise<ModelShelf> {
    const current = await this.currentHash().catch(() => null);
    return this.#context.database.read(async (db) => {
      const events = await promotionEvents(db);
      const entries = await shelvedModels(db);
      const models = await Promise.all(entries.map((entry) => this.#modelOf(db, entry, current, events)));
      return {
        current,
        rollbackTo: standingPromotions(events)[0]?.before ?? null,
        models: [
          ...models.filter(({ hash }) => hash === current),
          ...models.filter(({ hash }) => hash !== current),
        ],
        events,
        rules: await rulesInForce(db),
      };
    });
  }

  /** @throws CalcarError 'not-found' */
  async entry(hash: string): Promise<ShelfEntry> {
    const found = await this.#context.database.read((db) => shelvedModelOf(db, hash));
    if (found !== undefined) return found;
    throw new CalcarError(
      'not-found',
      "This model is not on the shelf. Put it there with 'calcar models add', or from its training in the training room.",
    );
  }

  /** One model as the screens show it. @throws CalcarError 'not-found' */
  async model(hash: string): Promise<ShelvedModel> {
    const entry = await this.entry(hash);
    const current = await this.currentHash();
    return this.#context.database.read(async (db) =>
      this.#modelOf(db, entry, current, await promotionEvents(db)),
    );
  }

  /**
   * The model of an ended training, with the rules that stood when the training began.
   *
   * @throws CalcarError 'not-found', 'invalid-input' for a training without a model, 'disk-full', 'read-only'
   */
  async addRun(id: string): Promise<ShelvedModel> {
    const { runs } = this.#context.folder;
    const { state, bestEpoch } = findTraining(runs, id);
    if (bestEpoch === null || state !== 'finished')
      throw new CalcarError(
        'invalid-input',
        'Only a training that has finished can be put on the shelf: before, its model and its records are not whole.',
      );
    const { rules } = loadRun(join(runs, id));
    return this.#add(modelFolder(join(runs, id)), { source: 'trained here', run: id, rules });
  }

  /** A models' folder from elsewhere. @throws CalcarError 'model-missing', 'invalid-input', 'disk-full', 'read-only' */
  addFolder(folder: string): Promise<ShelvedModel> {
    return this.#add(folder, { source: 'brought in', run: null, rules: null });
  }

  async keepEvaluation(hash: string, made: ShelvedEvaluation): Promise<void> {
    await this.#context.database.write(async (db) => {
      const known = await evaluationsOf(db, hash);
      if (known.some(({ at, snapshot }) => at === made.at && snapshot.hash === made.snapshot.hash)) return;
      await addEvaluation(db, hash, made);
    });
    this.#context.emit({ event: 'models-changed' });
  }

  async setRules(rules: PromotionRules): Promise<PromotionRules> {
    await this.#context.database.write((db) => addRules(db, rules, now()));
    this.#context.emit({ event: 'models-changed' });
    return rules;
  }

  rules(): Promise<PromotionRules> {
    return this.#context.database.read(rulesInForce);
  }

  /** Who does something here: the reader of the settings. */
  async who(): Promise<string> {
    return (await loadSettings(this.#context)).reader;
  }

  async #add(
    from: string,
    { source, run, rules }: Pick<ShelfEntry, 'source' | 'run'> & { readonly rules: PromotionRules | null },
  ): Promise<ShelvedModel> {
    const { database, folder, version, emit } = this.#context;
    const { hash, ...described } = describeModel(from);
    const known = await database.read((db) => shelvedModelOf(db, hash));
    const to = join(folder.models, hash);
    // One whose files were lost is whole again when the same files come back.
    if (known === undefined || stateOfFiles(to, hash) !== 'there') copyModel(from, to, hash);
    if (known === undefined) {
      const entry: ShelfEntry = {
        hash,
        ...described,
        source,
        run,
        addedAt: now(),
        addedBy: await this.who(),
        software: version,
        rules: rules ?? (await this.rules()),
        rulesSet: rules === null ? 'on the shelf' : 'before its training',
      };
      await database.write((db) => shelveModel(db, entry));
      this.#context.log.info('model shelved', { model: hash, source });
    }
    emit({ event: 'models-changed' });
    return this.model(hash);
  }

  /** A newer Calcar brings newer models; each version of them stands on the shelf once it was looked at. */
  async #shelveShipped(): Promise<ShelfEntry> {
    const described = describeModel(this.#shipped);
    const { hash } = described;
    const known = await this.#context.database.read((db) => shelvedModelOf(db, hash));
    if (known !== undefined) return known;
    copyModel(this.#shipped, this.folderOf(hash), hash);
    const entry: ShelfEntry = {
      ...described,
      source: 'shipped',
      run: null,
      addedAt: now(),
      addedBy: '',
      software: this.#context.version,
      rules: await this.rules(),
      rulesSet: 'on the shelf',
    };
    await this.#context.database.write((db) => shelveModel(db, entry));
    return entry;
  }

  async #modelOf(
    db: Reader,
    entry: ShelfEntry,
    current: string | null,
    events: readonly PromotionEvent[],
  ): Promise<ShelvedModel> {
    const { hash } = entry;
    const folder = this.folderOf(hash);
    const files = stateOfFiles(folder, hash);
    const wasCurrent = events.some(({ kind, before }) => kind === 'promoted' && before.hash === hash);
    const role = hash === current ? 'current' : wasCurrent ? 'former' : 'candidate';
    return {
      ...entry,
      state: files === 'there' ? role : files,
      evaluations: await evaluationsOf(db, hash),
      confidence: confidenceOf(folder, hash),
      saliency: saliencyVerdictOf(folder, hash),
      reads: await readsBy(db, hash),
    };
  }
}
