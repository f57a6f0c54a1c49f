import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { PromotionRules } from '../../electron/contract/models.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import { NumberField } from '../design/NumberField.tsx';
import { setModels, useModels } from './models.ts';
import { setRules } from './shelf.ts';
import styles from './models.module.css';

/** What candidates will have to show: for trainings that begin from now on. */
export function RulesDialog(): ReactNode {
  const open = useModels((now) => now.panel === 'rules');
  const rules = useModels((now) => now.shelf?.rules);
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setModels({ panel: isOpen ? 'rules' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            What a model must show
          </Heading>
          {rules !== undefined && <Fields before={rules} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const percent = (share: number): number => Math.round(100 * share);

function Fields({ before }: { readonly before: PromotionRules }): ReactNode {
  const [rules, setDraft] = useState(before);
  const change = (part: Partial<PromotionRules>): void => setDraft({ ...rules, ...part });
  const floor = (group: keyof PromotionRules['floors'], label: string): ReactNode => (
    <NumberField
      id={`rules-${group}`}
      label={label}
      value={percent(rules.floors[group])}
      least={0}
      most={100}
      onChange={(value) => change({ floors: { ...rules.floors, [group]: value / 100 } })}
    />
  );
  return (
    <>
      <p className={styles['about']}>
        These hold for trainings that begin from now on. A training keeps the rules that stood when it began,
        so that nobody moves the line once a number is known.
      </p>
      <NumberField
        id="rules-margin"
        label="Balanced accuracy may be worse by at most, points"
        value={percent(rules.margin)}
        least={0}
        most={100}
        onChange={(value) => change({ margin: value / 100 })}
      />
      {floor('none', 'Right among whole hips, at least, %')}
      {floor('I-II', 'Right among Garden I–II, at least, %')}
      {floor('III-IV', 'Right among Garden III–IV, at least, %')}
      <NumberField
        id="rules-calibration"
        label="Calibration error, at most, %"
        value={percent(rules.calibration)}
        least={0}
        most={100}
        onChange={(value) => change({ calibration: value / 100 })}
      />
      <NumberField
        id="rules-shadow"
        label="Films read in the shadow, at least"
        value={rules.shadowFilms}
        least={0}
        most={100_000}
        onChange={(shadowFilms) => change({ shadowFilms })}
      />
      <div className={dialog['actions']}>
        <Button className={cx(controls['button'])} onPress={() => setModels({ panel: null })}>
          Close
        </Button>
        <Button
          className={cx(controls['button'], controls['primary'])}
          onPress={() =>
            void setRules(rules).then((kept) => {
              if (kept) setModels({ panel: null });
            })
          }
        >
          Keep
        </Button>
      </div>
    </>
  );
}
