import type { ReactNode } from 'react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import type { FilmDescription } from '../../electron/contract/film.ts';
import { cx } from '../cx.ts';
import { CommandButton } from '../design/IconButton.tsx';
import iconButton from '../design/iconButton.module.css';
import { command } from '../commands/commands.ts';
import { FilmView } from '../viewer/FilmView.tsx';
import { voiName, windowOf } from '../viewer/voi.ts';
import { dateWords, personName, spacingWords } from '../words.ts';
import { badgesOf } from './badges.ts';
import { EmptyRoom } from './EmptyRoom.tsx';
import { SaliencyLegend } from './SaliencyLegend.tsx';
import { useSession } from './session.ts';
import styles from './filmRoom.module.css';

/** The film with the line above it that says whose it is and the line below that says how it is shown. */
export function FilmRoom(): ReactNode {
  const imageHash = useSession((now) => now.imageHash);
  const error = useSession((now) => now.filmError);
  if (imageHash === null) return <EmptyRoom />;
  return (
    <main className={styles['room']} aria-label="Film">
      <FilmLine />
      <div className={styles['stage']}>
        <FilmView />
        {error !== null && (
          <div className={styles['refusal']} role="alert">
            <p className={styles['refusalTitle']}>This film cannot be shown.</p>
            <p>{error}</p>
          </div>
        )}
        <Loading />
        <SaliencyLegend />
      </div>
      <ViewLine />
    </main>
  );
}

function Loading(): ReactNode {
  const loading = useSession((now) => now.samples === null && now.filmError === null);
  return loading ? (
    <p className={styles['loading']} role="status">
      Loading the film
    </p>
  ) : null;
}

function FilmLine(): ReactNode {
  const film = useSession((now) => now.film);
  const reduction = useSession((now) => now.reduction);
  const answer = useSession((now) => now.answer);
  const view = useSession((now) => now.view);
  return (
    <header className={styles['line']}>
      <h1 className={styles['who']} title={film?.fileName}>
        {film === null ? '' : personName(film.patient.name)}
        {film !== null && <span className={styles['facts']}>{factsOf(film)}</span>}
      </h1>
      <ul className={styles['badges']} aria-label="What to know of this picture">
        {film !== null &&
          badgesOf(film, { reduction, answer, view }).map(({ word, why }) => (
            <li key={word}>
              <TooltipTrigger delay={200} closeDelay={0}>
                <Button className={cx(styles['badge'])} aria-label={`${word}: ${why}`}>
                  {word}
                </Button>
                <Tooltip className={cx(iconButton['tooltip'], styles['why'])} offset={6}>
                  {why}
                </Tooltip>
              </TooltipTrigger>
            </li>
          ))}
      </ul>
    </header>
  );
}

function factsOf(film: FilmDescription): string {
  const { patient } = film;
  return [
    patient.id,
    patient.sex === null ? null : { F: 'female', M: 'male', O: 'other' }[patient.sex],
    patient.ageYears === null ? null : `${String(Math.floor(patient.ageYears))} years`,
    film.studyDate === null ? null : dateWords(film.studyDate),
    film.view,
    film.fileName,
  ]
    .filter((fact) => fact !== null && fact !== '')
    .join(' · ');
}

function ViewLine(): ReactNode {
  const film = useSession((now) => now.film);
  const view = useSession((now) => now.view);
  const voi = useSession((now) => now.voi);
  const tool = useSession((now) => now.tool);
  const inverted = useSession((now) => now.inverted);
  const saliencyShown = useSession((now) => now.saliencyShown);
  const hasHips = useSession((now) => now.answer.state === 'here' && now.answer.finding.hips.length > 0);
  const broken = useSession((now) => now.filmError !== null);
  if (film === null || view === null || voi === null || broken) return <footer className={styles['line']} />;
  const { center, width } = windowOf(voi);
  const ofFile = film.vois.indexOf(voi);
  return (
    <footer className={cx(styles['line'], styles['viewLine'])}>
      <p className={styles['numbers']}>
        <span>
          Level {Math.round(center)} · Window {Math.round(width)}
        </span>
        {film.vois.length > 1 && (
          <CommandButton
            command={command('next-voi')}
            label={ofFile < 0 ? 'Own window' : voiName(voi, ofFile)}
          />
        )}
      </p>
      <div className={styles['tools']} role="toolbar" aria-label="Picture">
        <CommandButton command={command('window-tool')} icon="window" pressed={tool === 'window'} />
        <CommandButton command={command('draw-box')} icon="box" pressed={tool === 'box'} />
        <CommandButton command={command('invert')} icon="invert" pressed={inverted} />
        <CommandButton command={command('turn')} icon="turn" />
        <CommandButton command={command('mirror')} icon="mirror" pressed={view.mirrored} />
        <CommandButton command={command('fit')} icon="fit" />
        <CommandButton command={command('one-to-one')} label="1:1" />
        {hasHips && <CommandButton command={command('saliency')} icon="saliency" pressed={saliencyShown} />}
      </div>
      <p className={styles['numbers']}>
        <span>{Math.round(view.scale * devicePixelRatio * 100)} %</span>
        <ScaleBar film={film} scale={view.scale} />
      </p>
    </footer>
  );
}

/** A length on the film with where its millimetres come from; words alone where there are none. */
function ScaleBar({ film, scale }: { readonly film: FilmDescription; readonly scale: number }): ReactNode {
  const { spacing } = film;
  if (spacing.source === 'uncalibrated') return <span>{spacingWords(spacing)}</span>;
  const length = [200, 100, 50, 20, 10, 5, 2, 1].find((mm) => (mm / spacing.columnMm) * scale <= 80) ?? 1;
  const shown = (length / spacing.columnMm) * scale;
  return (
    <span className={styles['scale']}>
      <svg width={shown + 2} height="9" aria-hidden="true">
        <path d={`M1 1v7h${String(shown)}v-7`} />
      </svg>
      {length} mm{spacingWords(spacing)}
    </span>
  );
}
