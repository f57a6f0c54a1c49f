import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button, Dialog, Heading, Label, Modal, ModalOverlay, RadioGroup } from 'react-aria-components';
import type { CallInput, CallOutput } from '../../electron/contract/api.ts';
import { networkName, networkNames, type NetworkName, type Recipe } from '../../electron/contract/recipe.ts';
import { say } from '../app/store.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import { NumberField } from '../design/NumberField.tsx';
import segments from '../reading/yourRead.module.css';
import { call, sentenceOf } from '../station.ts';
import { AugmentationPart } from './AugmentationPart.tsx';
import { startRun } from './runs.ts';
import { setTraining, useTraining } from './training.ts';
import { networkWords } from './trainingWords.ts';
import styles from './startDialog.module.css';

type Presets = CallOutput<'training.presets'>;
type Beginning = CallInput<'training.start'>['from'];

/** A training: on which data set, which network, by which recipe. */
export function StartDialog(): ReactNode {
  const open = useTraining((now) => now.panel === 'start');
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setTraining({ panel: isOpen ? 'start' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            New training
          </Heading>
          <Form />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Form(): ReactNode {
  const [presets, setPresets] = useState<Presets | null>(null);
  useEffect(() => {
    call('training.presets', {}).then(setPresets, (error: unknown) => say(sentenceOf(error)));
  }, []);
  return presets === null ? <p>Looking for recipes</p> : <Fields presets={presets} />;
}

function Fields({ presets }: { readonly presets: Presets }): ReactNode {
  const datasets = useTraining((now) => now.datasets) ?? [];
  const chosen = useTraining(({ subject }) => (subject?.kind === 'dataset' ? subject.hash : null));
  const [snapshot, setSnapshot] = useState(chosen ?? datasets[0]?.hash ?? '');
  const [network, setNetwork] = useState<NetworkName>('classifier');
  const [preset, setPreset] = useState(presets[0]?.id ?? '');
  /** What was changed of the preset; null while it is as it comes. */
  const [changed, setChanged] = useState<Recipe | null>(null);
  const [name, setName] = useState('');
  const [from, setFrom] = useState<Beginning>('random weights');
  const found = presets.find(({ id }) => id === preset);
  const recipe = changed ?? found?.recipes[network] ?? null;
  const change = (part: Partial<Recipe>): void => {
    if (recipe !== null) setChanged({ ...recipe, ...part });
  };
  if (recipe === null) return <p>There is no recipe to train by.</p>;
  return (
    <>
      <div className={controls['field']}>
        <label htmlFor="start-name">Name</label>
        <input
          id="start-name"
          className={cx(controls['input'])}
          maxLength={100}
          autoComplete="off"
          placeholder={`${network}, ${found?.name ?? ''}`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <div className={controls['field']}>
        <label htmlFor="start-dataset">Data set</label>
        <select
          id="start-dataset"
          className={cx(controls['input'])}
          value={snapshot}
          onChange={(event) => setSnapshot(event.currentTarget.value)}
        >
          {datasets.map((dataset) => (
            <option key={dataset.hash} value={dataset.hash}>
              {dataset.name} ({dataset.study})
            </option>
          ))}
        </select>
      </div>
      <RadioGroup
        value={network}
        onChange={(value) => {
          setNetwork(networkName.parse(value));
          setChanged(null);
        }}
        className={cx(styles['row'])}
      >
        <Label className={cx(controls['label'])}>Network</Label>
        <div className={segments['segments']}>
          {networkNames.map((each) => (
            <Choice key={each} value={each} className={cx(segments['segment'])}>
              {networkWords[each]}
            </Choice>
          ))}
        </div>
      </RadioGroup>
      <RadioGroup
        value={preset}
        onChange={(value) => {
          setPreset(value);
          setChanged(null);
        }}
        className={cx(styles['row'])}
      >
        <Label className={cx(controls['label'])}>Recipe</Label>
        <div className={segments['segments']}>
          {presets.map(({ id, name: words }) => (
            <Choice key={id} value={id} className={cx(segments['segment'])}>
              {words}
            </Choice>
          ))}
        </div>
      </RadioGroup>
      <p className={styles['about']}>{found?.about}</p>
      <RadioGroup
        value={from}
        onChange={(value) => setFrom(value === 'current model' ? value : 'random weights')}
        className={cx(styles['row'])}
      >
        <Label className={cx(controls['label'])}>Starts from</Label>
        <div className={segments['segments']}>
          <Choice value="random weights" className={cx(segments['segment'])}>
            Random weights
          </Choice>
          <Choice value="current model" className={cx(segments['segment'])}>
            The current model
          </Choice>
        </div>
      </RadioGroup>
      <NumberField
        id="start-epochs"
        label="Epochs at most"
        value={recipe.epochs}
        least={1}
        most={10000}
        onChange={(epochs) => change({ epochs })}
      />
      <NumberField
        id="start-patience"
        label="Ends after so many epochs without a better one"
        value={recipe.patience}
        least={1}
        most={10000}
        onChange={(patience) => change({ patience })}
      />
      <NumberField
        id="start-batch"
        label="Pictures a step"
        value={recipe.batchSize}
        least={1}
        most={1024}
        onChange={(batchSize) => change({ batchSize })}
      />
      <NumberField
        id="start-seed"
        label="Seed"
        value={recipe.seed}
        least={0}
        most={4294967295}
        onChange={(seed) => change({ seed })}
      />
      <AugmentationPart
        augmentation={recipe.augmentation}
        onChange={(augmentation) => change({ augmentation })}
      />
      <div className={dialog['actions']}>
        <Button className={cx(controls['button'])} onPress={() => setTraining({ panel: null })}>
          Close
        </Button>
        <Button
          className={cx(controls['button'], controls['primary'])}
          onPress={() =>
            void startRun({
              snapshot,
              name: name.trim() === '' ? `${network}, ${found?.name ?? ''}` : name.trim(),
              recipe,
              from,
            })
          }
        >
          Start
        </Button>
      </div>
    </>
  );
}
