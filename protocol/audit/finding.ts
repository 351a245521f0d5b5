import { type EncodedDocument, encodeDocument } from '../encodeDocument.js';
import { parseCanonicalJson } from '../canonicalJson.js';
import type { Verdict } from '../events.js';
import { FieldReader } from '../fields.js';
import {
  type Address,
  type Bytes32,
  type Cid,
  type JobId,
  type LeaseId,
  parseAddress,
  parseBytes32,
  parseCid,
  parseJobId,
  parseLeaseId,
} from '../ids.js';

/**
 * The tests of an audit. T1 to T3 compare sums, T5 the whole block with the published picture, T6 the committed root
 * with the hashes the verifier expects, T7 deadlines and retrievability. T4 (running test per worker) is decided over
 * many findings and appears in none yet.
 */
export type TestName = 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7';
export const TEST_NAMES: readonly TestName[] = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];

/**
 * How a measure becomes a verdict: `zones` pass up to the threshold, void up to twice it, convict above; `exact`
 * convicts above; `blameless` is void above.
 */
export type TestRule = 'zones' | 'exact' | 'blameless';

/** One measurement of one audit. */
export interface TestResult {
  test: TestName;
  /** The chunk it was made on; null for the whole lease. */
  chunkIndex: number | null;
  rule: TestRule;
  /** A finite number, compared with the threshold. */
  measured: number;
  threshold: number;
  verdict: Verdict;
  /** One sentence for people. */
  detail: string;
  /** Pixels that a perturbed reference moved and that left the count; always 0 until audits perturb. */
  maskedPixels: number;
}

/**
 * One verifier's measurements on one lease: one raw block of canonical JSON whose digest goes on chain with the reveal.
 */
export interface Finding {
  protocolVersion: 1;
  leaseId: LeaseId;
  jobId: JobId;
  verifier: Address;
  verdict: Verdict;
  tests: TestResult[];
  /** What was sealed before the worker opened. */
  valuesHash: Bytes32;
  /** Picture of the re-rendered block beside the published one, or null where there was none to compare. */
  evidence: Cid | null;
}

/** Canonical bytes, digest and CID of a finding. */
export function encodeFinding(finding: Finding): EncodedDocument {
  return encodeDocument(finding);
}

/**
 * Parses a finding. Throws MalformedError or BadInputError naming the field; does not check that its verdict follows
 * from its tests (see rule).
 */
export function parseFinding(bytes: Uint8Array): Finding {
  const fields = new FieldReader(parseCanonicalJson(bytes, { what: 'finding', maxBytes: 1 << 20 }), 'finding', [
    'protocolVersion',
    'leaseId',
    'jobId',
    'verifier',
    'verdict',
    'tests',
    'valuesHash',
    'evidence',
  ]);
  const verdicts = ['pass', 'void', 'convict'] as const;
  return {
    protocolVersion: fields.literal('protocolVersion', [1] as const),
    leaseId: fields.parsed('leaseId', parseLeaseId),
    jobId: fields.parsed('jobId', parseJobId),
    verifier: fields.parsed('verifier', parseAddress),
    verdict: fields.literal('verdict', verdicts),
    tests: fields.array('tests', 4096, (value, name) => {
      const test = new FieldReader(value, name, [
        'test',
        'chunkIndex',
        'rule',
        'measured',
        'threshold',
        'verdict',
        'detail',
        'maskedPixels',
      ]);
      return {
        test: test.literal('test', TEST_NAMES),
        chunkIndex: test.raw('chunkIndex').value === null ? null : test.integer('chunkIndex', 0, 0xffffffff),
        rule: test.literal('rule', ['zones', 'exact', 'blameless'] as const),
        measured: test.number('measured'),
        threshold: test.number('threshold'),
        verdict: test.literal('verdict', verdicts),
        detail: test.string('detail', 2000),
        maskedPixels: test.integer('maskedPixels', 0, 0xffffffff),
      };
    }),
    valuesHash: fields.parsed('valuesHash', parseBytes32),
    evidence: fields.raw('evidence').value === null ? null : fields.parsed('evidence', parseCid),
  };
}
