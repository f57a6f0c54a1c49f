import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CalcarError } from '../contract/errors.ts';
import { followEvaluation, spawnEvaluation } from './startEvaluation.ts';

/** A process that says some lines and ends when it is told to. */
function child(): {
  readonly stdout: PassThrough;
  readonly end: (how: 'well' | 'badly') => void;
  readonly onEnd: (listener: (ended: 'well' | 'badly') => void) => void;
  readonly kill: () => void;
} {
  let told: (ended: 'well' | 'badly') => void = () => undefined;
  const end = (how: 'well' | 'badly'): void => {
    setImmediate(() => told(how));
  };
  return { stdout: new PassThrough(), end, onEnd: (listener) => (told = listener), kill: () => end('badly') };
}

const kindOf = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof CalcarError ? error.kind : String(error)),
  );

describe('an evaluation in its own process', () => {
  it('tells how far it is, whatever a library prints between', async () => {
    const process = child();
    const seen: number[] = [];
    const ended = followEvaluation(process, {
      signal: new AbortController().signal,
      report: (done, of) => seen.push(done / of),
    });
    process.stdout.write('{"done":1,"of":4}\nI0000 oneDNN custom operations are on\n{"done":2,"of":4}\n');
    process.stdout.end();
    await new Promise((resolve) => process.stdout.once('close', resolve));
    process.end('well');
    expect(await kindOf(ended)).toBe('no error');
    expect(seen).toEqual([0.25, 0.5]);
  });

  it('fails as it says it failed, as crashed without a word, as cancelled when it was stopped', async () => {
    const silent = { signal: new AbortController().signal, report: () => undefined };
    const refused = child();
    const first = followEvaluation(refused, silent);
    refused.stdout.end('{"error":{"kind":"leak","sentence":"A test patient was learned from."}}\n');
    await new Promise((resolve) => refused.stdout.once('close', resolve));
    refused.end('badly');
    expect(await kindOf(first)).toBe('leak');

    const crashed = child();
    const second = followEvaluation(crashed, silent);
    crashed.end('badly');
    expect(await kindOf(second)).toBe('compute-crashed');

    const stop = new AbortController();
    const third = followEvaluation(child(), { ...silent, signal: stop.signal });
    stop.abort();
    expect(await kindOf(third)).toBe('cancelled');
  });

  it('is refused by the real process for a snapshot that is not there', async () => {
    const refused = spawnEvaluation(
      { models: '/nowhere', snapshot: '/nowhere', out: '/nowhere', software: 'test', prevalence: 0.1 },
      { signal: new AbortController().signal, report: () => undefined },
    );
    expect(await kindOf(refused)).toBe('not-found');
  }, 60_000);
});
