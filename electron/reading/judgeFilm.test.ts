import { describe, expect, it } from 'vitest';
import { filmScopes, type FilmScope } from '../contract/scope.ts';
import { judgeFilm } from './scope.ts';

/** What the rules make of a network's answer: one scope's chance beside that of 'in scope'. */
async function ruled(inScope: number, other: Exclude<FilmScope, 'in scope'>, familiarity = 0.5) {
  const probabilities = Float32Array.from(filmScopes, (scope) =>
    scope === 'in scope' ? inScope : scope === other ? 1 - inScope : 0,
  );
  const config = {
    inputSize: 128,
    channels: [1],
    hidden: 1,
    scopes: filmScopes,
    refuseBelow: 0.25,
    doubtBelow: 0.75,
    strangeBelow: 0.01,
  };
  const judge = () => Promise.resolve({ probabilities, familiarity });
  return judgeFilm({ config, judge, dispose: () => undefined }, new Float32Array());
}

describe('the learned gate', () => {
  it('says nothing of a film that it takes for one of the right kind', async () => {
    const { answer, warning } = await ruled(0.9, 'rotated');
    expect(warning).toBeNull();
    expect(answer.scope).toBe('in scope');
    expect(answer.probability).toBeCloseTo(0.9);
  });

  it('refuses what is surely something else, and names it', async () => {
    for (const scope of filmScopes.slice(1) as Exclude<FilmScope, 'in scope'>[]) {
      const { answer, warning } = await ruled(0.1, scope);
      expect(answer.scope).toBe(scope);
      expect(warning?.weight).toBe('refuse');
      expect(warning?.sentence).toMatch(/not graded/);
    }
  });

  it('doubts between the two levels, even where the right kind is the likeliest', async () => {
    const { answer, warning } = await ruled(0.6, 'other view');
    expect(answer.scope).toBe('in scope');
    expect(warning).toMatchObject({ kind: 'view', weight: 'doubt' });
  });

  it('gives no name to a strange film that it cannot place', async () => {
    expect((await ruled(0.22, 'rotated', 0)).warning).toMatchObject({
      kind: 'out-of-scope',
      weight: 'refuse',
    });
    expect((await ruled(0.05, 'rotated', 0)).warning).toMatchObject({ kind: 'rotated', weight: 'refuse' });
  });

  it('doubts a film stranger than nearly all that it knows', async () => {
    const { warning } = await ruled(0.9, 'blank', 0.005);
    expect(warning).toMatchObject({ kind: 'out-of-scope', weight: 'doubt' });
  });
});
