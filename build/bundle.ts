/**
 * `node build/bundle.ts`: makes dist/app, what Electron runs. It mirrors the checkout (electron/, models/,
 * resources/, dist/renderer), so every file finds its neighbours where they are in the checkout; TypeScript is
 * turned into JavaScript file by file, since Electron does not strip types, and packages stay packages.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));
/** Where a process or a worker begins: nothing imports these, they are started by their file's name. */
export const entries = [
  'electron/main/main.ts',
  'electron/compute/evaluateProcess.ts',
  'electron/compute/process.ts',
  'electron/compute/trainerProcess.ts',
  'electron/dicom/worker.ts',
  'electron/drr/projectorWorker.ts',
  'electron/learning/batches/batchWorker.ts',
  'electron/learning/simulation/renderBatchWorker.ts',
  'electron/station/demoWorker.ts',
  'electron/station/lab/batchWorker.ts',
  'electron/station/lab/pictureWorker.ts',
  'electron/station/lab/volumeWorker.ts',
];
/** Read by name at run time. */
const data = ['models/weights', 'resources'];

/** A file that is started by name keeps its name but for the ending. */
const namesOfStartedFiles: Plugin = {
  name: 'names-of-started-files',
  transform: (code) => code.replaceAll(/(new URL\((['"])\.{1,2}\/[\w./-]+)\.ts\2/g, '$1.js$2'),
};

const common: InlineConfig = { configFile: false, root, logLevel: 'warn', publicDir: false };

/** Electron's own side: main, station, compute and workers. */
export async function bundleModules(app: string): Promise<void> {
  await build({
    ...common,
    plugins: [namesOfStartedFiles],
    build: {
      ssr: true,
      outDir: app,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: entries,
        external: ['electron'],
        output: {
          format: 'es',
          preserveModules: true,
          preserveModulesRoot: root,
          entryFileNames: '[name].js',
        },
      },
    },
  });
}

/** One CommonJS file: a sandboxed preload can import nothing but Electron. */
export async function bundlePreload(app: string): Promise<void> {
  await build({
    ...common,
    build: {
      ssr: 'electron/preload/preload.ts',
      outDir: join(app, 'electron/preload'),
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  });
}

/** @returns the folder to hand to Electron */
export async function bundleApp(): Promise<string> {
  const app = join(root, 'dist/app');
  await rm(app, { recursive: true, force: true });
  await mkdir(app, { recursive: true });
  await build({ configFile: join(root, 'renderer/vite.config.ts'), logLevel: 'warn' });
  await bundleModules(app);
  await bundlePreload(app);
  for (const folder of [...data, 'dist/renderer'])
    await cp(join(root, folder), join(app, folder), { recursive: true });
  const { name, version, description, license } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  const manifest = { name, version, description, license, type: 'module', main: 'electron/main/main.js' };
  await writeFile(join(app, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return app;
}

if (import.meta.main) console.log(`Bundled into ${await bundleApp()}`);
