import type { DocumentReader, Json } from './DocumentReader.js';
import { shown } from '../shown.js';

/** Channels, their targets, and the samplers that drive them. */
export function checkAnimations(document: DocumentReader): void {
  document.each('animations', (animation, where) => checkAnimation(document, animation, where));
}

function checkAnimation(document: DocumentReader, animation: Json, where: string): void {
  const samplers = document
    .array(animation['samplers'], `${where}.samplers`)
    .map((value, i) => document.object(value, `${where}.samplers[${i}]`));
  for (const [i, sampler] of samplers.entries()) {
    const place = `${where}.samplers[${i}]`;
    document.index(sampler, 'input', 'accessors', place, true);
    document.index(sampler, 'output', 'accessors', place, true);
    const interpolation = sampler['interpolation'] ?? 'LINEAR';
    if (!['LINEAR', 'STEP', 'CUBICSPLINE'].includes(interpolation as string))
      throw document.bad(`${place}.interpolation`, `${shown(interpolation)} is no interpolation`);
  }
  for (const [i, value] of document.array(animation['channels'], `${where}.channels`).entries()) {
    const place = `${where}.channels[${i}]`;
    const channel = document.object(value, place);
    document.integer(channel, 'sampler', place, 0, samplers.length - 1);
    const target = document.object(channel['target'], `${place}.target`);
    document.index(target, 'node', 'nodes', `${place}.target`);
    if (typeof target['path'] !== 'string') throw document.bad(`${place}.target.path`, 'not a string');
  }
}
