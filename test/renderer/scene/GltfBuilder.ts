import type { ReadSceneFile } from '../../../renderer/scene/SceneSource.js';

type Numbers = Float32Array | Uint32Array | Uint16Array | Uint8Array | Int16Array;

const COMPONENT_TYPES = new Map<unknown, number>([
  [Float32Array, 5126],
  [Uint32Array, 5125],
  [Uint16Array, 5123],
  [Uint8Array, 5121],
  [Int16Array, 5122],
]);

/** Writes small glTF scenes for tests: values in, accessors out, three containers to choose from. */
export class GltfBuilder {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Tests write broken documents on purpose.
  readonly json: Record<string, any> = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [] as number[] }],
    nodes: [] as unknown[],
  };
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  view(bytes: Uint8Array, more: Record<string, unknown> = {}): number {
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    const index = this.push('bufferViews', { buffer: 0, byteOffset: this.length, byteLength: bytes.length, ...more });
    this.chunks.push(padded);
    this.length += padded.length;
    return index;
  }

  accessor(
    type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4' | 'MAT4',
    values: Numbers,
    more: Record<string, unknown> = {},
  ): number {
    const components = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT4: 16 }[type];
    const bufferView = this.view(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return this.push('accessors', {
      bufferView,
      componentType: COMPONENT_TYPES.get(values.constructor),
      count: values.length / components,
      type,
      ...more,
    });
  }

  /** Appends to a list of the document and gives the index. */
  push(list: string, element: Record<string, unknown>): number {
    (this.json[list] ??= []).push(element);
    return this.json[list].length - 1;
  }

  /** Adds a node to the scene's roots unless told that it is a child. */
  node(node: Record<string, unknown>, root = true): number {
    const index = this.push('nodes', node);
    if (root) this.json['scenes'][0].nodes.push(index);
    return index;
  }

  /** One triangle (0,0,0) (1,0,0) (0,1,0) facing +Z, with texture coordinates equal to x and y. */
  triangle(primitive: Record<string, unknown> = {}, attributes: Record<string, number> = {}): number {
    const position = this.accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0));
    const uv = this.accessor('VEC2', Float32Array.of(0, 0, 1, 0, 0, 1));
    return this.push('meshes', {
      primitives: [{ attributes: { POSITION: position, TEXCOORD_0: uv, ...attributes }, ...primitive }],
    });
  }

  animation(
    name: string | undefined,
    channels: { node: number; path: string; times: number[]; values: number[]; interpolation?: string }[],
  ): number {
    const samplers = channels.map(({ path, times, values, interpolation }) => ({
      input: this.accessor('SCALAR', Float32Array.from(times)),
      output: this.accessor(
        path === 'weights' ? 'SCALAR' : path === 'rotation' ? 'VEC4' : 'VEC3',
        Float32Array.from(values),
      ),
      ...(interpolation === undefined ? {} : { interpolation }),
    }));
    return this.push('animations', {
      ...(name === undefined ? {} : { name }),
      samplers,
      channels: channels.map(({ node, path }, sampler) => ({ sampler, target: { node, path } })),
    });
  }

  buffer(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** The scene as scene.gltf with scene.bin beside it. */
  files(): Record<string, Uint8Array> {
    const buffer = this.buffer();
    return {
      'scene.gltf': encode({
        ...this.json,
        ...(buffer.length === 0 ? {} : { buffers: [{ uri: 'scene.bin', byteLength: buffer.length }] }),
      }),
      'scene.bin': buffer,
    };
  }

  /** The scene as one .gltf with its buffer in a data URI. */
  embedded(): Uint8Array {
    const buffer = this.buffer();
    return encode({
      ...this.json,
      buffers: [
        {
          uri: `data:application/octet-stream;base64,${Buffer.from(buffer).toString('base64')}`,
          byteLength: buffer.length,
        },
      ],
    });
  }

  glb(): Uint8Array {
    const buffer = this.buffer();
    const json = encode({ ...this.json, buffers: [{ byteLength: buffer.length }] });
    const padded = new Uint8Array(Math.ceil(json.length / 4) * 4).fill(0x20);
    padded.set(json);
    const bytes = new Uint8Array(12 + 8 + padded.length + 8 + buffer.length);
    const view = new DataView(bytes.buffer);
    const put = (at: number, ...words: number[]): void =>
      words.forEach((word, i) => view.setUint32(at + 4 * i, word, true));
    put(0, 0x46546c67, 2, bytes.length, padded.length, 0x4e4f534a);
    bytes.set(padded, 20);
    put(20 + padded.length, buffer.length, 0x004e4942);
    bytes.set(buffer, 28 + padded.length);
    return bytes;
  }
}

export function encode(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** A folder in memory that also records what was asked for. */
export function folderOf(files: Record<string, Uint8Array>): { read: ReadSceneFile; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: (path) => {
      asked.push(path);
      return Promise.resolve(files[path]);
    },
  };
}
