import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import { Button } from 'react-aria-components';
import { assetRoutes } from '../../electron/contract/api.ts';
import type { WorklistRow } from '../../electron/contract/reads.ts';
import { setSearch, useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import { CommandButton } from '../design/IconButton.tsx';
import { GroupMark } from '../design/GroupMark.tsx';
import { Icon } from '../design/icons.tsx';
import controls from '../design/controls.module.css';
import { command } from '../commands/commands.ts';
import { gradeWords, personName, stateWords } from '../words.ts';
import { ordered, reasonOf, useQueue } from './listOrder.ts';
import { openFilm } from './openFilm.ts';
import { useSession } from './session.ts';
import styles from './worklist.module.css';

const rowHeight = 68;

/** Every film of the station, one row each. Only the rows in sight exist, so fifty thousand cost no more than fifty. */
export function Worklist({ whole }: { readonly whole: boolean }): ReactNode {
  const listed = useApp((app) => app.rows);
  const queue = useQueue((now) => now.queue);
  const rows = useMemo(() => listed && ordered(listed, queue), [listed, queue]);
  const search = useApp((app) => app.search);
  const error = useApp((app) => app.listError);
  return (
    <nav className={cx(styles['worklist'], !whole && styles['strip'])} aria-label="Worklist">
      {whole && (
        <div className={styles['head']}>
          <div className={styles['search']}>
            <Icon name="search" size={15} />
            <input
              id="search"
              type="search"
              className={controls['input']}
              aria-label="Search by name, number or file"
              placeholder="Search"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape' && event.key !== 'Enter' && event.key !== 'ArrowDown') return;
                if (event.key === 'Escape') setSearch('');
                event.currentTarget.blur();
                if (event.key === 'Enter' && rows?.[0] !== undefined) void openFilm(rows[0].imageHash);
              }}
            />
          </div>
          <CommandButton command={command('label-next')} icon="label-next" pressed={queue !== null} />
          <CommandButton command={command('import')} icon="import" />
        </div>
      )}
      {rows === null && error === null && <p className={styles['word']}>Loading the list</p>}
      {error !== null && (
        <p className={styles['word']} role="alert">
          {error}
        </p>
      )}
      {rows?.length === 0 && (
        <p className={styles['word']}>{search === '' ? 'No films yet.' : `Nothing matches “${search}”.`}</p>
      )}
      {search !== '' && rows?.length === 0 && (
        <Button className={cx(controls['button'], controls['quiet'])} onPress={() => setSearch('')}>
          Show all films
        </Button>
      )}
      {rows !== null && rows.length > 0 && <Rows rows={rows} />}
      {rows !== null && rows.length > 0 && <Count rows={rows} />}
    </nav>
  );
}

function Rows({ rows }: { readonly rows: readonly WorklistRow[] }): ReactNode {
  const open = useSession((now) => now.imageHash);
  const queue = useQueue((now) => now.queue);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  const openIndex = rows.findIndex((row) => row.imageHash === open);
  useEffect(() => {
    if (openIndex >= 0) virtual.scrollToIndex(openIndex, { align: 'auto' });
    // The list scrolls when another film is opened, not whenever a row changes its state.
  }, [openIndex]);
  return (
    <div
      ref={scroller}
      className={styles['rows']}
      role="listbox"
      aria-label="Films"
      tabIndex={0}
      aria-activedescendant={openIndex < 0 ? undefined : `film-${String(openIndex)}`}
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const next = by === undefined ? undefined : rows[openIndex + by];
        if (next === undefined) return;
        event.preventDefault();
        void openFilm(next.imageHash);
      }}
    >
      <div className={styles['whole']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const reasons = reasonOf(row, queue)?.map(({ sentence }) => sentence) ?? null;
          return (
            <div
              key={row.imageHash}
              id={`film-${String(item.index)}`}
              role="option"
              aria-selected={row.imageHash === open}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              className={styles['row']}
              style={{ transform: `translateY(${String(item.start)}px)` }}
              title={reasons?.join('\n') ?? row.reason ?? row.fileName}
              data-state={row.state}
              onClick={() => void openFilm(row.imageHash)}
            >
              <Row row={row} why={reasons?.[0] ?? null} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** @param why the strongest reason to label this film next; null where there is none to tell */
function Row({ row, why }: { readonly row: WorklistRow; readonly why: string | null }): ReactNode {
  const name = row.patientName === null ? row.fileName : personName(row.patientName);
  const side = { left: 'L', right: 'R', unknown: '' }[row.laterality];
  return (
    <>
      <span className={styles['thumb']}>
        {row.state === 'unusable' ? (
          <Icon name="remove" />
        ) : (
          <img src={assetRoutes.thumbnail(row.imageHash)} alt="" loading="lazy" draggable={false} />
        )}
      </span>
      <span className={styles['texts']}>
        <span className={styles['name']}>
          <span className={styles['cut']}>{name}</span>
          {side !== '' && <abbr title={row.laterality}>{side}</abbr>}
        </span>
        <span className={styles['state']}>
          {(row.state === 'doubtful' || row.state === 'refused') && <Icon name="human" size={12} />}
          {row.state === 'failed' && <Icon name="failed" size={12} />}
          {(row.state === 'new' || row.state === 'reading' || row.state === 'answered') && (
            <GroupMark group={row.machine} />
          )}
          <span className={styles['cut']}>
            {row.state === 'unusable' || row.state === 'failed'
              ? (row.reason ?? stateWords(row))
              : stateWords(row)}
          </span>
        </span>
        <span className={styles['reader']}>
          <span className={styles['cut']}>
            {row.person.length === 0
              ? (why ?? 'Not read')
              : `${row.person.map((grade) => gradeWords[grade]).join(', ')} · ${row.lastReader ?? ''}`}
          </span>
        </span>
      </span>
    </>
  );
}

function Count({ rows }: { readonly rows: readonly WorklistRow[] }): ReactNode {
  const read = rows.filter((row) => row.person.length > 0).length;
  const usable = rows.filter((row) => row.state !== 'unusable').length;
  return (
    <p className={styles['count']}>
      {read} of {usable} read
    </p>
  );
}
