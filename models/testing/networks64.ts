/**
 * The classifying networks a second time, as their papers draw them, over the double-precision layers: pictures to
 * logits. Block by block and written out, so that a wrong turn in the first writing shows.
 */
import { add64, concat64, meanOverMap64, pool64, relu64, transform64, type Array64 } from './float64.ts';

export type Layer64 = (name: string, x: Array64) => Array64;

/** Layers one after the other. */
function chain(run: Layer64, x: Array64, prefix: string, names: readonly string[]): Array64 {
  return names.reduce((y, name) => run(`${prefix}/${name}`, y), x);
}

/** Of six blocks, the conditioned transformer before the last. */
export function mutasa64(run: Layer64, x: Array64): Array64 {
  const block = (name: string, y: Array64): Array64 =>
    relu64(add64(chain(run, y, name, ['first', 'second']), run(`${name}/shortcut`, y)));
  let y = run('conv1', x);
  for (const name of ['block1', 'block2', 'block3', 'block4', 'block5']) y = block(name, y);
  const { shape, values } = run('transformer/conv', y);
  const units = run('transformer/units', { shape: [shape[0]!, values.length / shape[0]!], values });
  y = block('block6', transform64(y, run('transformer/affine', units)));
  return run('output', run('hidden', meanOverMap64(y)));
}

/** Of `blocks` bottlenecks in each stage. */
export function resNet64(blocks: readonly number[]) {
  return (run: Layer64, x: Array64): Array64 => {
    let y = pool64('greatest', run('conv1', x), 3, 2, 'same');
    blocks.forEach((count, stage) => {
      for (let block = 1; block <= count; block++) {
        const name = `conv${String(stage + 2)}/${String(block)}`;
        const branch = chain(run, y, name, ['reduce', 'middle', 'expand']);
        y = relu64(add64(branch, block === 1 ? run(`${name}/shortcut`, y) : y));
      }
    });
    return run('output', meanOverMap64(y));
  };
}

/** Of `blocks` bottlenecks in each block, with the entry for large pictures. */
export function denseNet64(blocks: readonly number[]) {
  return (run: Layer64, x: Array64): Array64 => {
    let y = pool64('greatest', run('entry', x), 3, 2, 'same');
    blocks.forEach((count, i) => {
      for (let unit = 1; unit <= count; unit++) {
        const name = `block${String(i + 1)}/${String(unit)}`;
        y = concat64(y, chain(run, y, name, ['norm', 'reduce', 'grow']));
      }
      if (i === blocks.length - 1) return;
      y = pool64('mean', chain(run, y, `transition${String(i + 1)}`, ['norm', 'conv']), 2, 2, 'valid');
    });
    return run('output', meanOverMap64(run('norm', y)));
  };
}

/** Of one block A, one B and one C. Branches stand in the order of the figures, left to right as Calcar numbers them. */
export function inception64(run: Layer64, x: Array64): Array64 {
  const greatest = (y: Array64): Array64 => pool64('greatest', y, 3, 2, 'valid');
  const mean = (y: Array64): Array64 => pool64('mean', y, 3, 1, 'same');
  const branch = (y: Array64, name: string, layers: number): Array64 =>
    chain(
      run,
      y,
      name,
      Array.from({ length: layers }, (_, i) => String(i + 1)),
    );
  const forked = (y: Array64, name: string, layers: number): Array64 => {
    const trunk = branch(y, name, layers);
    return concat64(run(`${name}/${String(layers + 1)}`, trunk), run(`${name}/${String(layers + 2)}`, trunk));
  };
  let y = branch(branch(branch(x, 'stem1/1', 1), 'stem2/1', 1), 'stem3/1', 1);
  y = concat64(greatest(y), branch(y, 'stem4/2', 1));
  y = concat64(branch(y, 'stem5/1', 2), branch(y, 'stem5/2', 4));
  y = concat64(branch(y, 'stem6/1', 1), greatest(y));
  y = concat64(branch(y, 'a1/1', 1), branch(y, 'a1/2', 2), branch(y, 'a1/3', 3), branch(mean(y), 'a1/4', 1));
  y = concat64(branch(y, 'reduction-a/1', 1), branch(y, 'reduction-a/2', 3), greatest(y));
  y = concat64(branch(y, 'b1/1', 1), branch(y, 'b1/2', 3), branch(y, 'b1/3', 5), branch(mean(y), 'b1/4', 1));
  y = concat64(branch(y, 'reduction-b/1', 2), branch(y, 'reduction-b/2', 4), greatest(y));
  y = concat64(branch(y, 'c1/1', 1), forked(y, 'c1/2', 1), forked(y, 'c1/3', 3), branch(mean(y), 'c1/4', 1));
  return run('output', meanOverMap64(y));
}
