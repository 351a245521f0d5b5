import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

// Compiled tests lie in dist/test/contracts/.
const read = (path: string): string => readFileSync(new URL(`../../../contracts/${path}`, import.meta.url), 'utf8');

/** An answer is a leaf with its paths: a tree is needed that no random call makes. Audits.t.sol has its tests. */
const NOT_RANDOM = ['answerOpening'];

describe('the random calls of the invariants', () => {
  const handler = read('test/Handler.sol');

  it('reach every function of the contract that changes something', () => {
    const { abi } = JSON.parse(read('artifacts/Rushes.json')) as {
      abi: { type: string; name: string; stateMutability?: string }[];
    };
    const changing = abi.filter(
      ({ type, stateMutability }) => type === 'function' && !['view', 'pure'].includes(stateMutability ?? ''),
    );
    assert.ok(changing.length > 10);
    assert.deepEqual(
      changing.map(({ name }) => name).filter((name) => !new RegExp(`\\b(IRushes|rushes)\\.${name}\\b`).test(handler)),
      NOT_RANDOM,
      'contracts/test/Handler.sol calls them',
    );
  });

  it('are all in the list that forge picks from', () => {
    const actions = /-- actions\n(.*)-- invariants\n/s.exec(handler)?.[1] ?? '';
    const names = [...actions.matchAll(/function ([a-z]\w*)\(.*external/g)].map((match) => match[1] as string);
    assert.ok(names.length > 10);
    const invariants = read('test/Invariants.t.sol');
    assert.deepEqual(
      names.filter((name) => !invariants.includes(`Handler.${name}.selector`)),
      [],
      'targetSelectors() of contracts/test/Invariants.t.sol lists them',
    );
  });
});
