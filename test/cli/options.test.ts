import assert from 'node:assert/strict';
import {
  parseBytes,
  parseBackground,
  parseFrames,
  parseMoney,
  parseOrbit,
  parseSize,
  parseTile,
  parseTriple,
} from '../../cli/options/parseValues.js';
import { formatDuration } from '../../cli/terminal/formatDuration.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { formatTable } from '../../cli/terminal/formatTable.js';

describe('option values', () => {
  it('reads sizes, frames, triples, orbits, colours, tiles and money', () => {
    assert.deepEqual(parseSize('1280x720'), { width: 1280, height: 720 });
    assert.deepEqual(parseFrames('7'), { first: 7, last: 7 });
    assert.deepEqual(parseFrames('0-23'), { first: 0, last: 23 });
    assert.deepEqual(parseTriple('-1,0.5,2e1'), [-1, 0.5, 20]);
    assert.deepEqual(parseOrbit('-30,75,4'), { thetaDegrees: -30, phiDegrees: 75, radius: 4 });
    assert.equal(parseBackground('env'), 'environment');
    assert.equal(parseBackground('#A0b1C2'), '#a0b1c2');
    assert.equal(parseTile('48'), 48);
    assert.equal(parseMoney('12.5'), 12_500_000_000_000_000_000n);
    assert.equal(parseMoney('0.000000000000000001'), 1n);
  });

  for (const [parse, wrong] of [
    [parseSize, ['0x10', '10', '10x', 'ax2', '16385x1', '1x-1']],
    [parseFrames, ['-1', '5-4', 'a-b', '1-', '0-100000']],
    [parseTriple, ['1,2', '1,2,x', '1,,3', '1,2,3,4', 'Infinity,0,0']],
    [parseOrbit, ['0,-1,2', '0,181,2', '0,90,0', '9999,90,1']],
    [parseBackground, ['#12345', 'red', '#gggggg']],
    [parseTile, ['8', '17', '272']],
    [parseMoney, ['-1', '1e3', '1.2.3', '', '0.0000000000000000001']],
  ] as const) {
    it(`${parse.name} refuses ${wrong.join(' ')}`, () => {
      for (const text of wrong) assert.throws(() => parse(text), { code: 'commander.invalidArgument' }, text);
    });
  }
});

describe('words for people', () => {
  it('says durations and money', () => {
    assert.deepEqual([850, 12_340, 245_000, 12_000_000].map(formatDuration), [
      '850 ms',
      '12.3 s',
      '4 min 05 s',
      '3 h 20 min',
    ]);
    assert.deepEqual(
      [0n, 1n, 1_500_000_000_000_000_000n, -25n * 10n ** 17n].map((wei) => formatMoney(wei)),
      ['0', '0', '1.5', '-2.5'],
    );
  });

  it('lines tables up', () => {
    assert.deepEqual(
      formatTable(
        [{ heading: 'worker' }, { heading: 'chunks', right: true }],
        [
          ['a', '5'],
          ['bcdefgh', '12'],
        ],
      ),
      ['worker   chunks', 'a             5', 'bcdefgh      12'],
    );
  });

  it('reads a size in bytes as one command hands it to another', () => {
    for (const bytes of [64 * 2 ** 20, 2 ** 30, 4 * 2 ** 30, 2 ** 40]) assert.equal(parseBytes(String(bytes)), bytes);
    assert.throws(() => parseBytes(String(2 ** 41)), /64MiB to 1024GiB/);
  });
});
