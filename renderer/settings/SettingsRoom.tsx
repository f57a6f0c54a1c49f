import type { ReactNode } from 'react';
import { useState } from 'react';
import { Label, RadioGroup, SwitchButton, SwitchField } from 'react-aria-components';
import { changeSettings, useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import { Choice } from '../design/Choice.tsx';
import controls from '../design/controls.module.css';
import segments from '../reading/yourRead.module.css';
import { reloadReads } from '../reading/openFilm.ts';
import { DoctorPart } from './DoctorPart.tsx';
import { KeysPart } from './KeysPart.tsx';
import styles from './settings.module.css';

/** What a reader sets, and what this machine can and cannot do. */
export function SettingsRoom(): ReactNode {
  const loaded = useApp((app) => app.settingsLoaded);
  return (
    <main className={styles['room']} aria-label="Settings and doctor">
      <div className={styles['column']}>
        <h1 className={styles['title']}>Settings</h1>
        {loaded ? <Reader /> : <p role="status">Loading the settings</p>}
        {loaded && <Look />}
        <DoctorPart />
        {loaded && <KeysPart />}
      </div>
    </main>
  );
}

function Reader(): ReactNode {
  const settings = useApp((app) => app.settings);
  const [name, setName] = useState(settings.reader);
  const keep = () => {
    if (name.trim() !== settings.reader) void changeSettings({ reader: name.trim() }).then(reloadReads);
  };
  return (
    <section className={styles['part']} aria-labelledby="reader-heading">
      <h2 id="reader-heading" className={styles['heading']}>
        Reader
      </h2>
      <div className={controls['field']}>
        <label htmlFor="settings-reader">Name or initials, written into every read</label>
        <input
          id="settings-reader"
          className={cx(controls['input'], styles['short'])}
          value={name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep();
          }}
        />
      </div>
      <SwitchField
        isSelected={settings.blinded}
        onChange={(blinded) => void changeSettings({ blinded }).then(reloadReads)}
      >
        <SwitchButton className={cx(styles['switch'])}>
          <svg width="34" height="20" aria-hidden="true">
            <rect x="1" y="1" width="32" height="18" rx="9" className={styles['slot']} />
            <circle cx={settings.blinded ? 24 : 10} cy="10" r="6" className={styles['knob']} />
          </svg>
          Blinded reading
        </SwitchButton>
      </SwitchField>
      <p className={styles['quiet']}>
        The station keeps the machine&apos;s answer back until you have committed your own read of a film. You
        draw the boxes yourself.
      </p>
    </section>
  );
}

function Look(): ReactNode {
  const theme = useApp((app) => app.settings.theme);
  return (
    <section className={styles['part']} aria-labelledby="look-heading">
      <h2 id="look-heading" className={styles['heading']}>
        Look
      </h2>
      <RadioGroup
        value={theme}
        onChange={(value) => void changeSettings({ theme: value === 'light' ? 'light' : 'dark' })}
        className={cx(styles['row'], styles['start'])}
      >
        <Label className={cx(controls['label'])}>Theme</Label>
        <div className={segments['segments']}>
          <Choice value="dark" className={cx(segments['segment'])}>
            Dark reading room
          </Choice>
          <Choice value="light" className={cx(segments['segment'])}>
            Light office
          </Choice>
        </div>
      </RadioGroup>
      <p className={styles['quiet']}>The film stays black in both.</p>
    </section>
  );
}
