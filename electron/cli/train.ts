import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { chooseBackend } from '../compute/backend.ts';
import { networks, type NetworkName } from '../learning/records.ts';
import { trainNetwork } from '../learning/trainNetwork.ts';
import { defaultDataFolder } from './dataset.ts';
import { positiveNumber, wholeNumber } from './numbers.ts';

export const shippedModels = fileURLToPath(new URL('../../models/weights', import.meta.url));

interface TrainOptions {
  readonly data: string;
  readonly out: string;
  readonly learn: number;
  readonly tune: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly minutes: number;
  readonly json?: boolean;
}

export const trainCommand = new Command('train')
  .description("train a network on the data set of 'calcar dataset' and write its weights and model card")
  .addArgument(new Argument('<network>', 'which network').choices(networks))
  .option('--data <folder>', 'the data set', defaultDataFolder)
  .option('--out <folder>', 'where weights and model card go', shippedModels)
  .option('--learn <patients>', 'patients to learn from', wholeNumber(1), 400)
  .option('--tune <patients>', 'patients to choose among epochs', wholeNumber(1), 48)
  .option('--epochs <number>', 'rounds over the data', wholeNumber(1), 20)
  .option('--batch <number>', 'examples a step', wholeNumber(1), 32)
  .option('--rate <number>', 'largest learning rate', positiveNumber, 1e-3)
  .option('--seed <number>', 'the same seed makes the same weights', wholeNumber(0), 1)
  .option('--minutes <number>', 'stop after so long with the best epoch', positiveNumber, 600)
  .option('--json', 'print the training record as JSON')
  .action(async (network: NetworkName, { json, out, data, ...options }: TrainOptions) => {
    const backend = await chooseBackend({ needs: 'training' });
    const record = await trainNetwork(
      network,
      { ...options, dataFolder: data, outFolder: out },
      { name: backend.name, kernels: backend.kernels },
      (line) => process.stderr.write(`${line}\n`),
    );
    const best = record.epochs.find(({ epoch }) => epoch === record.bestEpoch);
    process.stdout.write(
      json === true
        ? `${JSON.stringify(record)}\n`
        : `${network}: epoch ${record.bestEpoch} kept, ${best?.summary ?? ''}. Weights and model card are in ${out}.\n`,
    );
  });
