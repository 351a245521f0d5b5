/**
 * The largest scene that is taken, whatever memory it is given (see SceneBudget for that). A scene comes from somebody
 * else, and every bound is checked before anything is allocated. They lie above what this engine renders in reasonable
 * time.
 */
export const SCENE_LIMITS = {
  /** Bytes of one file. */
  fileBytes: 1 << 30,
  /** Bytes of the JSON text. */
  jsonBytes: 64 << 20,
  /** Files of a scene. */
  files: 16_384,
  /** Elements of one list of the document (nodes, accessors, ...). */
  listLength: 1_000_000,
  /** Elements of one accessor. */
  accessorCount: 1 << 26,
  /**
   * Numbers read from accessors in all: one accessor may be read by many primitives and channels, and need not be
   * stored anywhere.
   */
  accessorValues: 1 << 27,
  /** Bytes of compressed geometry once it is unpacked, in all. */
  unpackedBytes: 1 << 30,
  /** Triangles of one frame, instances counted. */
  triangles: 10_000_000,
  /** Depth of the node tree. */
  nodeDepth: 4096,
  /** Width and height of an image, pixels. */
  imageSide: 16_384,
  /** Pixels of all decoded images together. */
  imagePixels: 1 << 29,
  /** Seconds of one animation clip. */
  clipSeconds: 1_000_000,
} as const;
