import type { CompiledKernel } from '../../renderer/compiler/compileKernel.js';
import { compileKernel } from '../../renderer/compiler/compileKernel.js';
import { DOUBTS } from '../../renderer/compiler/wasm/DoubtWatch.js';
import { instantiateKernel } from '../../renderer/compiler/instantiateKernel.js';
import { joinSource } from '../../renderer/compiler/SourceText.js';
import { SUM_WORDS } from '../../renderer/kernels/generated/layout.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import { frameWithSettings } from '../../renderer/scene/prepare/frameWithSettings.js';
import type { PreparedScene } from '../../renderer/scene/prepare/prepareScene.js';

interface Watching {
  kernel: CompiledKernel;
  module: WebAssembly.Module;
  text: string;
}

const watching = new Map<string, Watching>();

function watch(text: string): Watching {
  const known = watching.get(text);
  if (known !== undefined) return known;
  const kernel = compileKernel({ source: text, checks: true, watchNumbers: true, optimize: false });
  const made = { kernel, module: new WebAssembly.Module(kernel.wasm as BufferSource), text };
  watching.set(text, made);
  return made;
}

/**
 * Renders a square of `side` pixels and says how often which line of the kernel computed a number that the rules for
 * numbers forbid. `text` stands for a changed kernel.
 */
export function countDoubts(
  prepared: PreparedScene,
  settings: { side: number; samples: number; bounces: number; seed: number },
  text: string = joinSource(kernelSource()),
): Record<string, number> {
  const { kernel, module } = watch(text);
  const { side, samples, ...rest } = settings;
  const items = Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side), 0, samples]).flat();
  const counts: Record<string, number> = {};
  const instance = instantiateKernel(
    kernel,
    {
      ...prepared.buffers,
      frame: frameWithSettings(prepared.buffers['frame']!, { ...rest, frame: 0, width: side, height: side }),
      items: new Uint8Array(Uint32Array.from(items).buffer),
    },
    {
      module,
      zeroed: { sums: side * side * SUM_WORDS * 4, counters: side * side * 4 },
      onDoubt(doubt, position) {
        const begin = text.lastIndexOf('\n', position) + 1;
        const line = text.slice(begin, text.indexOf('\n', position)).trim();
        const name = /fn (\w+)/.exec(text.slice(text.lastIndexOf('\nfn ', position)))?.[1];
        const key = `${DOUBTS[doubt]!}: ${name}: ${line}`;
        counts[key] = (counts[key] ?? 0) + 1;
      },
    },
  );
  instance.run(0, side * side);
  return counts;
}
