/** What is going on, on stderr, for what takes longer than a moment. */
export interface Progress {
  /** What is being done now; `done` of `of` are behind. */
  step(label: string, done: number, of: number): void;
  /** The same in one's own words. */
  line(text: string): void;
  /** Takes the line away. */
  end(): void;
}

const quietMs = 1000;
const plainEveryMs = 5000;

/** A line that rewrites itself on a terminal; elsewhere a line now and then. Nothing in the first second. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const started = performance.now();
  let shown = false;
  let last = -Infinity;
  const show = (text: string): void => {
    if (stream.isTTY) stream.write(`\r\x1b[K${text}`);
    else {
      if (performance.now() - last < plainEveryMs) return;
      stream.write(`${text}\n`);
      last = performance.now();
    }
    shown = true;
  };
  return {
    step: (label, done, of) => {
      const elapsed = performance.now() - started;
      if (elapsed < quietMs) return;
      const count = of > 1 ? `${done + 1} of ${of}  ` : '';
      show(`${count}${label}  ${Math.round(elapsed / 1000)} s`);
    },
    line: show,
    end: () => {
      if (shown && stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
