import { BadSceneError } from './BadSceneError.js';
import type { GltfDocument } from './GltfDocument.js';
import type { SceneSettings } from './LoadedScene.js';
import { resolveScenePath } from './resolveScenePath.js';
import { shown } from './shown.js';

/**
 * Reads `asset.extras.rushes` (see SceneSettings). Throws BadSceneError for a field of the wrong kind; fields it does
 * not know are left alone.
 */
export function readSettings(entry: string, document: GltfDocument): SceneSettings {
  const where = 'asset.extras.rushes';
  const extras = document.asset.extras;
  const raw = typeof extras === 'object' && extras !== null ? (extras as Record<string, unknown>)['rushes'] : undefined;
  if (raw !== undefined && (typeof raw !== 'object' || raw === null || Array.isArray(raw)))
    throw new BadSceneError({ file: entry, where, what: 'it is no object' });
  const fields = (raw ?? {}) as Record<string, unknown>;
  const take = <T>(name: string, fits: (value: unknown) => value is T, kind: string): T | null => {
    const value = fields[name];
    if (value === undefined || value === null) return null;
    if (!fits(value))
      throw new BadSceneError({
        file: entry,
        where: `${where}.${name}`,
        what: `${shown(value)} is not ${kind}`,
      });
    return value;
  };
  const environment = take('environment', isText, 'a path');
  return {
    environment:
      environment === null ? null : resolveScenePath({ entry, uri: environment, where: `${where}.environment` }),
    environmentIntensity: take('environmentIntensity', isIntensity, 'a number from 0 to 1000000') ?? 1,
    background: take('background', isBackground, '"environment", "transparent" or "#rrggbb"'),
    camera: take('camera', isText, 'a name'),
    clip: take('clip', isText, 'a name'),
    fps: take('fps', isRate, 'a number of frames per second from above 0 to 1000'),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isIntensity(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1e6;
}

function isRate(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1000;
}

function isBackground(value: unknown): value is NonNullable<SceneSettings['background']> {
  return (
    value === 'environment' || value === 'transparent' || (typeof value === 'string' && /^#[0-9a-f]{6}$/.test(value))
  );
}
