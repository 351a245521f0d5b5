import tseslint from 'typescript-eslint';

const spans = ['deadline', 'delay', 'duration', 'elapsed', 'interval', 'latency', 'patience', 'pause', 'timeout'];
const instants = [
  'timestamp',
  'now',
  'since',
  'until',
  ...['asked', 'began', 'ended', 'giveUp', 'made', 'moved'].map(at),
];
instants.push(...['remind', 'read', 'seen', 'sent', 'started', 'taken', 'told', 'tried'].map(at));
const times = [...spans, 'age', ...instants];
/** Names that are one of these words, or end in one as a word of its own. */
const namesOfTimes = [
  `^(${times.join('|')})$`,
  `[a-z0-9](${times.map((word) => word[0].toUpperCase() + word.slice(1)).join('|')})$`,
  `(^|_)(${times.map((word) => word.toUpperCase()).join('|')})$`,
].join('|');

function at(word) {
  return `${word}At`;
}

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      'contracts/**',
      'rushes-out/**',
      'adapters/chain/generated/**',
      'adapters/http/generated/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
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
    // A number that is a time or a span of time says its unit. The events keep the contract's words, the tables theirs.
    files: ['**/*.{ts,tsx}'],
    ignores: ['protocol/**', 'adapters/database/schema.ts', '**/*.test.ts'],
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: ['variable', 'parameter', 'classProperty', 'typeProperty'],
          types: ['number'],
          filter: { regex: namesOfTimes, match: true },
          format: null,
          custom: { regex: '(Ms|Seconds|Minutes)$|_(MS|SECONDS|MINUTES)$', match: true },
        },
      ],
    },
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
