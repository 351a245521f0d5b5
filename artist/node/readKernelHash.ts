import type { Bytes32 } from '../../protocol/ids.js';
import { loadKernel } from '../../renderer/cpu/loadKernel.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';

/**
 * The hash of the kernel that this version renders with, as manifests name it. Compiles the kernel where `cacheDir` has
 * none yet: seconds.
 */
export async function readKernelHash({ cacheDir }: { cacheDir: string | undefined }): Promise<Bytes32> {
  return (await loadKernel({ source: kernelSource(), cacheDir })).kernelHash;
}
