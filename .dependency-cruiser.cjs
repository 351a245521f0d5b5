// The import table of docs/architecture.md, as rules: what each folder may import, and no cycles.
const may = {
  protocol: [],
  renderer: ['protocol'],
  adapters: ['protocol'],
  coordinator: ['protocol', 'adapters'],
  faucet: ['protocol', 'adapters'],
  artist: ['protocol', 'adapters', 'renderer'],
  party: ['keys', 'protocol', 'adapters', 'renderer'],
  worker: ['protocol', 'adapters', 'renderer', 'party'],
  verifier: ['protocol', 'adapters', 'renderer', 'party'],
  studio: ['protocol', 'adapters', 'artist', 'renderer'],
  cli: ['protocol', 'renderer', 'adapters', 'artist', 'party', 'coordinator', 'faucet', 'worker', 'verifier'],
};
// The folders of cli/: those that several commands use, and who may use whom. A folder that is not named here is a
// command's own: it may import all of these and no other command.
const mayInCli = {
  errors: [],
  files: [],
  keys: ['options', 'terminal'],
  pictures: [],
  terminal: [],
  options: ['terminal'],
  scene: ['options', 'terminal'],
  supervisor: ['errors', 'terminal'],
  network: ['files', 'keys', 'supervisor'],
  session: ['keys', 'network', 'options', 'supervisor', 'terminal'],
  party: ['files', 'keys', 'network', 'options', 'session', 'supervisor', 'terminal'],
};
const inCli = Object.keys(mayInCli).join('|');
const all = [...Object.keys(may), 'contracts', 'scenes', 'test', 'bench', 'examples'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(may).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: `^(${all.filter((other) => other !== folder && !allowed.includes(other)).join('|')})/` },
    })),
    {
      // What a page could not load stays in artist/node/.
      name: 'artist-runs-in-a-page',
      severity: 'error',
      from: { path: '^artist/', pathNot: '^artist/node/' },
      to: { path: '^(artist/node/|node_modules/(sharp|piscina|pg|fastify)/)|\\.node$' },
    },
    {
      name: 'artist-uses-no-node',
      severity: 'error',
      from: { path: '^artist/', pathNot: '^artist/node/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      // What runs in a browser, and nothing that writes.
      name: 'studio-reads-in-a-page',
      severity: 'error',
      from: { path: '^studio/' },
      to: {
        path: '^(artist/node|adapters)/|\\.node$',
        pathNot: '^adapters/(http/(coordinatorClient|httpError)|ipfs/createReadingStore|onAbort|pause)\\.ts$',
      },
    },
    {
      name: 'studio-uses-no-node',
      severity: 'error',
      from: { path: '^studio/' },
      to: { dependencyTypes: ['core'] },
    },
    // Text, then tree, then back ends, which know nothing of one another.
    ...Object.entries({ syntax: 'tree|wasm|wgsl', tree: 'wasm|wgsl', wasm: 'wgsl', wgsl: 'wasm' }).map(
      ([folder, beyond]) => ({
        name: `compiler-${folder}-imports`,
        severity: 'error',
        from: { path: `^renderer/compiler/${folder}/` },
        to: { path: `^renderer/compiler/(${beyond})/` },
      }),
    ),
    {
      name: 'no-cycles-between-cli-folders',
      severity: 'error',
      scope: 'folder',
      from: { path: '^cli' },
      to: { circular: true },
    },
    ...Object.entries(mayInCli).map(([folder, allowed]) => ({
      name: `cli-${folder}-imports`,
      severity: 'error',
      from: { path: `^cli/${folder}/` },
      to: { path: '^cli/', pathNot: `^cli/(${[folder, ...allowed].join('|')})/` },
    })),
    {
      name: 'cli-commands-import-no-other',
      severity: 'error',
      from: { path: '^cli/([^/]+)/', pathNot: `^cli/(${inCli})/` },
      to: { path: '^cli/', pathNot: `^cli/($1|${inCli})/` },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-packages-in-product',
      severity: 'error',
      // The page's packages are in its bundle.
      from: { pathNot: '^studio/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.d.ts'],
    },
  },
};
