import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * What each room may import of the others; the same table as the tsconfig references, so that a
 * forbidden import fails twice. A room that is not named here may import nothing of the others.
 */
const mayImport = {
  'electron/contract': [],
  'electron/random': [],
  'electron/statistics': [],
  models: [],
  'electron/dicom': ['electron/contract'],
  'electron/volume': ['electron/contract', 'electron/dicom'],
  'electron/phantom': ['electron/contract', 'electron/random', 'electron/volume'],
  'electron/graphics': ['electron/contract'],
  'electron/drr': ['electron/contract', 'electron/random', 'electron/volume', 'electron/graphics'],
  'electron/reading': ['electron/contract', 'models'],
  'electron/learning': [
    'electron/contract',
    'electron/random',
    'electron/statistics',
    'models',
    'electron/reading',
    'electron/phantom',
    'electron/drr',
    'electron/volume',
    'electron/dicom',
  ],
  'electron/compute': [
    'electron/contract',
    'electron/random',
    'models',
    'electron/reading',
    'electron/learning',
    'electron/graphics',
  ],
  'electron/database': ['electron/contract'],
  'electron/station': [
    'electron/contract',
    'electron/random',
    'electron/statistics',
    'electron/dicom',
    'electron/volume',
    'electron/phantom',
    'electron/drr',
    'electron/database',
    'electron/compute',
    'electron/learning',
  ],
  'electron/preload': ['electron/contract'],
  'electron/main': ['electron/contract', 'electron/station'],
  'electron/shell': ['electron/contract', 'electron/station'],
  'electron/cli': [
    'electron/contract',
    'electron/statistics',
    'electron/station',
    'electron/shell',
    'electron/learning',
    'electron/compute',
  ],
  renderer: ['electron/contract'],
};
const rooms = Object.keys(mayImport);
const zones = rooms.flatMap((room) =>
  rooms
    .filter((other) => other !== room && !mayImport[room].includes(other))
    .map((other) => ({
      target: `./${room}/**/!(*.test).{ts,tsx}`,
      from: `./${other}`,
      message: `${room} may not import ${other}: see ARCHITECTURE.md, 'What may import what'.`,
    })),
);

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'test-results', 'playwright-report', '.cache'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    settings: {
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver': { node: { extensions: ['.ts', '.tsx', '.js', '.mjs'] } },
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Array reads inside numeric kernels are bounded by their loops; noUncheckedIndexedAccess still asks for a word.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'electron', message: 'Only electron/main and electron/preload know Electron.' }] },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
    },
  },
  { files: ['electron/main/**', 'electron/preload/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);
