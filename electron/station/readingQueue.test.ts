import { expect, it } from 'vitest';
import type { Finding } from '../contract/finding.ts';
import { sampleFinding } from '../database/testing/samples.ts';
import { createReadingQueue } from './readingQueue.ts';

/** Readings that end when the test says so, in the order in which they were begun. */
function slowReader(): {
  read: (imageHash: string) => Promise<Finding>;
  begun: string[];
  finish: (how?: Error) => Promise<void>;
} {
  const begun: string[] = [];
  let current = Promise.withResolvers<Finding>();
  return {
    begun,
    read: (imageHash) => {
      begun.push(imageHash);
      current = Promise.withResolvers<Finding>();
      return current.promise;
    },
    finish: async (how) => {
      if (how) current.reject(how);
      else current.resolve(sampleFinding(begun.at(-1)!));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('reads one at a time, what a person looks at before what was imported', async () => {
  const { read, begun, finish } = slowReader();
  const queue = createReadingQueue(read);
  for (const film of ['a', 'b', 'c']) queue.later(film);
  queue.later('b');
  const looked = queue.now('c');
  expect(begun).toEqual(['a']);
  await finish();
  expect(begun).toEqual(['a', 'c']);
  await finish();
  expect((await looked).imageHash).toBe('c');
  await finish();
  expect(begun).toEqual(['a', 'c', 'b']);
});

it('shares a reading that is under way or asked for twice', async () => {
  const { read, begun, finish } = slowReader();
  const queue = createReadingQueue(read);
  queue.later('a');
  const first = queue.now('a');
  const [second, third] = [queue.now('b'), queue.now('b')];
  await finish();
  await finish();
  expect((await Promise.all([first, second, third])).map((found) => found.imageHash)).toEqual([
    'a',
    'b',
    'b',
  ]);
  expect(begun).toEqual(['a', 'b']);
});

it('goes on after a film that fails, and tells only who asked', async () => {
  const { read, begun, finish } = slowReader();
  const queue = createReadingQueue(read);
  queue.later('a');
  const asked = queue.now('b');
  queue.later('c');
  await finish(new Error('in the background'));
  const told = expect(asked).rejects.toThrow('in front');
  await finish(new Error('in front'));
  await told;
  expect(begun).toEqual(['a', 'b', 'c']);
});

it('reads nothing after it was closed, and refuses who still waits', async () => {
  const { read, begun, finish } = slowReader();
  const queue = createReadingQueue(read);
  queue.later('a');
  queue.later('b');
  const refused = expect(queue.now('c')).rejects.toMatchObject({ kind: 'cancelled' });
  const closed = queue.close();
  await finish();
  await closed;
  await refused;
  expect(begun).toEqual(['a']);
  await expect(queue.now('d')).rejects.toMatchObject({ kind: 'cancelled' });
});
