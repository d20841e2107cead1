import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';
import { zhPunctuation } from './scripts/lint-zh-punctuation.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.ringbreak/', '**/*.d.ts'] },
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.ts', 'src/**/*.tsx', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './src/web/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    // Tests hold rows of files, cities.ts a table, spelled-sql.ts patterns: there punctuation is not Chinese prose.
    ignores: ['src/**/*.test.ts', 'src/simulate/cities.ts', 'src/normalise/spelled-sql.ts', 'src/sources/golden.ts'],
    plugins: { ringbreak: { rules: { 'zh-punctuation': zhPunctuation } } },
    rules: { 'ringbreak/zh-punctuation': 'error' },
  },
  {
    files: ['src/web/**/*.tsx', 'src/web/**/*.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
);
