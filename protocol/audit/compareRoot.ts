import { chunkRoot, leaseRoot } from '../hashes.js';
import type { Address, Bytes32, LeaseId } from '../ids.js';
import { type Outputs, rootOfOutputs } from '../outputs.js';
import type { TestResult } from './finding.js';
import { verdictOfTest } from './rule.js';

/** What a verifier found out about one chunk by itself. */
export interface ExpectedChunk {
  chunkIndex: number;
  /**
   * Of the picture behind the published CID, decoded by the verifier; undefined when it cannot be decoded or has
   * another size.
   */
  pixelHash: Bytes32 | undefined;
  /**
   * Of the scene as the verifier prepared it; undefined where nothing was drawn of this chunk, so that nothing was
   * prepared.
   */
  preparedHash: Bytes32 | undefined;
}

/**
 * T6: rebuilds the lease root from the hashes the verifier expects. Kernel build and pixel hashes are known for
 * certain, so another one convicts. A prepared scene that differs is nobody's fault until the sums show otherwise:
 * void, unless another test convicts.
 */
export function compareRoot(audit: {
  outputs: Outputs;
  expectedChunks: readonly ExpectedChunk[];
  kernelHash: Bytes32;
  committedRoot: Bytes32;
  chainId: number;
  contract: Address;
  leaseId: LeaseId;
  worker: Address;
  jobId: Bytes32;
}): TestResult[] {
  const { outputs } = audit;
  const results: TestResult[] = [];
  const judge = (chunkIndex: number | null, rule: TestResult['rule'], wrong: boolean, detail: string): void => {
    const measure = { rule, measured: wrong ? 1 : 0, threshold: 0 };
    results.push({ test: 'T6', chunkIndex, ...measure, verdict: verdictOfTest(measure), detail, maskedPixels: 0 });
  };

  const sameLease =
    outputs.jobId === audit.jobId && outputs.leaseId === audit.leaseId && outputs.worker === audit.worker;
  const sameChunks =
    outputs.chunks.length === audit.expectedChunks.length &&
    outputs.chunks.every((chunk, i) => chunk.chunkIndex === audit.expectedChunks[i]?.chunkIndex);
  if (!sameLease || !sameChunks) {
    judge(
      null,
      'exact',
      true,
      sameLease
        ? 'the outputs index lists other chunks than the lease holds'
        : 'the outputs index is of another job, lease or worker',
    );
    return results;
  }

  const preparedDiffers: number[] = [];
  const expectedRoots = outputs.chunks.map((chunk, i) => {
    const expected = audit.expectedChunks[i] as ExpectedChunk;
    if (chunk.kernelHash !== audit.kernelHash)
      judge(
        chunk.chunkIndex,
        'exact',
        true,
        `committed kernel build ${chunk.kernelHash}, the manifest asks for ${audit.kernelHash}`,
      );
    if (expected.pixelHash !== chunk.pixelHash)
      judge(
        chunk.chunkIndex,
        'exact',
        true,
        expected.pixelHash === undefined
          ? 'the published picture cannot be read as this chunk'
          : `committed pixel hash ${chunk.pixelHash}, the published picture has ${expected.pixelHash}`,
      );
    if (expected.preparedHash !== undefined && expected.preparedHash !== chunk.preparedHash)
      preparedDiffers.push(chunk.chunkIndex);
    return chunkRoot({
      leafRoot: chunk.leafRoot,
      pixelHash: expected.pixelHash ?? chunk.pixelHash,
      preparedHash: chunk.preparedHash,
      kernelHash: audit.kernelHash,
    });
  });

  const { chainId, contract, leaseId, worker } = audit;
  const rebuilt = leaseRoot({ chainId, contract, leaseId, worker, chunkRoots: expectedRoots });
  const listed = rootOfOutputs(outputs, { chainId, contract });
  const wrong = rebuilt !== audit.committedRoot;
  judge(
    null,
    'exact',
    wrong,
    wrong
      ? `committed root ${audit.committedRoot}, rebuilt ${rebuilt}${listed === audit.committedRoot ? '' : ', and the outputs index does not give it either'}`
      : 'the committed root was rebuilt from the expected hashes',
  );
  for (const chunkIndex of preparedDiffers)
    judge(chunkIndex, 'blameless', true, 'the worker prepared another scene than the verifier');
  return results;
}
