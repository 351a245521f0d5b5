import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'contracts/**', 'rushes-out/**', 'adapters/chain/generated/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      // No message prints `undefined` or `null`.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allowBoolean: true,
          allowAny: true,
          allowNever: true,
          allowNullish: false,
          allowArray: true,
        },
      ],
      eqeqeq: 'error',
      'max-lines-per-function': ['error', { max: 150 }],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scenes/**/*.ts', 'cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Time, timers and chance come into the roles through ports (party/Clock.ts); one file is their adapter.
    files: ['party/**/*.ts', 'worker/**/*.ts', 'verifier/**/*.ts'],
    ignores: ['party/machineClock.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
          name,
          message: 'Take time from the Clock that the role was given.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        ...[
          ['Date', 'now'],
          ['Math', 'random'],
          ['AbortSignal', 'timeout'],
        ].map(([object, property]) => ({ object, property, message: 'Take it from a port of the role.' })),
      ],
      'no-restricted-imports': ['error', { paths: ['node:timers', 'node:timers/promises'] }],
    },
  },
  {
    // The function around a suite is as long as its tests.
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scenes/**/*.ts'],
    rules: { '@typescript-eslint/restrict-template-expressions': 'off', 'max-lines-per-function': 'off' },
  },
);
