// Compiles the contracts with the settings of foundry.toml and writes artifacts/*.json, and the bindings in
// adapters/chain/generated/. `node contracts/compile.js --check` writes nothing and fails if what is committed differs
// from a fresh compile.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';
import { bindingsOf } from './bindings.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is deployed; libraries before what links them. */
const DEPLOYED = ['PolicyRules', 'Roster', 'Policy', 'TestToken', 'Rushes'];
/** Largest runtime code a chain accepts (EIP-170), in bytes. */
const MAX_RUNTIME_BYTES = 24_576;

const settings = {
  remappings: ['@openzeppelin/contracts/=node_modules/@openzeppelin/contracts/'],
  evmVersion: 'prague',
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: {
    '*': { '*': ['abi', 'evm.bytecode.object', 'evm.bytecode.linkReferences', 'evm.deployedBytecode.object'] },
  },
};

/** Sources by the names that solc sees, in order of name. */
async function readSources() {
  const names = (await readdir(join(root, 'contracts'))).filter((name) => name.endsWith('.sol')).sort();
  const sources = {};
  for (const name of names)
    sources[`contracts/${name}`] = { content: await readFile(join(root, 'contracts', name), 'utf8') };
  return sources;
}

function compile(sources) {
  const input = JSON.stringify({ language: 'Solidity', sources, settings });
  const output = JSON.parse(
    solc.compile(input, { import: (path) => ({ contents: readFileSync(join(root, path), 'utf8') }) }),
  );
  const errors = (output.errors ?? []).filter(
    (error) => error.severity === 'error' || !error.sourceLocation?.file.startsWith('node_modules/'),
  );
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));
  return output.contracts;
}

/** The artefact of one contract: what is needed to deploy it and to talk to it. */
function artifactOf(contracts, name, sourceHash) {
  const contract = contracts[`contracts/${name}.sol`][name];
  const runtimeBytes = contract.evm.deployedBytecode.object.length / 2;
  if (runtimeBytes > MAX_RUNTIME_BYTES)
    throw new Error(`${name} has ${runtimeBytes} bytes of runtime code, a chain accepts ${MAX_RUNTIME_BYTES}`);
  const links = {};
  for (const libraries of Object.values(contract.evm.bytecode.linkReferences)) {
    for (const [library, places] of Object.entries(libraries))
      links[library] = places.map((place) => place.start).sort((a, b) => a - b);
  }
  // Placeholders of libraries carry hashes of names: zeros say the same and keep the text plain hex.
  const bytecode = `0x${contract.evm.bytecode.object.replace(/__\$[0-9a-f]{34}\$__/g, '0'.repeat(40))}`;
  return { contract: name, compiler: solc.version(), sourceHash, runtimeBytes, links, abi: contract.abi, bytecode };
}

/** Every file this script owns, by path from the root. */
export async function compiledFiles() {
  const sources = await readSources();
  const hash = createHash('sha256');
  for (const [name, { content }] of Object.entries(sources)) hash.update(`${name}\0${content.length}\0${content}`);
  const sourceHash = `0x${hash.digest('hex')}`;
  const contracts = compile(sources);
  const files = {};
  const artifacts = DEPLOYED.map((name) => artifactOf(contracts, name, sourceHash));
  for (const artifact of artifacts)
    files[`contracts/artifacts/${artifact.contract}.json`] = `${JSON.stringify(artifact, null, 1)}\n`;
  return { ...files, ...bindingsOf(artifacts) };
}

async function main() {
  const isCheck = process.argv.includes('--check');
  const stale = [];
  for (const [path, content] of Object.entries(await compiledFiles())) {
    const before = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (before === content) continue;
    stale.push(path);
    if (isCheck) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  if (stale.length > 0)
    console.log(
      `${isCheck ? 'differ from a fresh compile (`npm run contracts` writes them)' : 'written'}: ${stale.join(', ')}`,
    );
  if (isCheck && stale.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
