/** What `--format` takes: PNG of 8 or 16 bits, OpenEXR of half floats (as they were paid for) or of floats. */
export const PICTURE_FORMATS = ['png', 'png16', 'exr', 'exr32'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Whether a format keeps radiance, so that no tone map or exposure is applied. */
export function keepsRadiance(format: PictureFormat): boolean {
  return format === 'exr' || format === 'exr32';
}
