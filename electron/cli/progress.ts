/** What is going on, on stderr, for what takes longer than a moment. */
export interface Progress {
  /** What is being done now; `done` of `of` are behind. */
  step(label: string, done: number, of: number): void;
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
  return {
    step: (label, done, of) => {
      const elapsed = performance.now() - started;
      if (elapsed < quietMs) return;
      const count = of > 1 ? `${done + 1} of ${of}  ` : '';
      const text = `${count}${label}  ${Math.round(elapsed / 1000)} s`;
      if (stream.isTTY) stream.write(`\r\x1b[K${text}`);
      else if (elapsed - last >= plainEveryMs) {
        stream.write(`${text}\n`);
        last = elapsed;
      }
      shown = true;
    },
    end: () => {
      if (shown && stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
