import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { assetRoutes } from '../../electron/contract/api.ts';
import type { NamedError } from '../../electron/contract/evaluation.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import dialog from '../design/dialog.module.css';
import { lookAt, setEvaluation, useEvaluation } from './evaluation.ts';
import { errorWords } from './evaluationWords.ts';
import styles from './report.module.css';

/** The worst errors of each kind; one opens as the film itself where this station holds it. */
export function ErrorGallery({
  id,
  errors,
}: {
  readonly id: string;
  readonly errors: readonly NamedError[];
}): ReactNode {
  if (errors.length === 0) return <p>No hip of the test was missed or answered wrongly.</p>;
  return (
    <>
      <p className={styles['quiet']}>
        Of each kind at most six, those first that gave the least probability to the truth. Solid white: the
        true box. Dashed yellow: the machine’s. A film that is in the worklist opens there.
      </p>
      <ol className={styles['errors']}>
        {errors.map((error, place) => (
          <li key={place}>
            <Button className={cx(styles['error'])} onPress={() => void lookAt(error, place)}>
              <Picture id={id} place={place} error={error} />
            </Button>
          </li>
        ))}
      </ol>
      <LargePicture id={id} errors={errors} />
    </>
  );
}

function Picture({
  id,
  place,
  error,
}: {
  readonly id: string;
  readonly place: number;
  readonly error: NamedError;
}): ReactNode {
  const { truth, answer } = errorWords(error);
  return (
    <>
      <img src={assetRoutes.evaluationError(id, place)} alt="" loading="lazy" draggable={false} />
      {truth}
      <span>{answer}</span>
    </>
  );
}

function LargePicture({
  id,
  errors,
}: {
  readonly id: string;
  readonly errors: readonly NamedError[];
}): ReactNode {
  const place = useEvaluation((now) => now.large);
  const error = place === null ? undefined : errors[place];
  const words = error && errorWords(error);
  return (
    <ModalOverlay
      isOpen={error !== undefined}
      onOpenChange={() => setEvaluation({ large: null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'], dialog['wide'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            {words?.truth}
          </Heading>
          {place !== null && (
            <img className={styles['large']} src={assetRoutes.evaluationError(id, place)} alt="" />
          )}
          <p className={styles['quiet']}>
            {words?.answer}. This film is in the data set, not in the worklist.
          </p>
          <div className={dialog['actions']}>
            <Button className={cx(controls['button'])} onPress={() => setEvaluation({ large: null })}>
              Close
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
