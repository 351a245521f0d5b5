import type { Mesh } from './meshes.js';

type Json = Record<string, unknown>;

/** Collects a glTF document with its binary chunk and writes it as a .glb. */
export class GlbWriter {
  private readonly document: Json & { [list: string]: Json[] | unknown };
  private readonly chunks: Uint8Array[] = [];
  private byteLength = 0;

  constructor(head: Json) {
    this.document = { ...head };
  }

  /** Appends to one of the document's lists and gives the index. */
  add(list: string, element: Json): number {
    const elements = (this.document[list] ??= []) as Json[];
    elements.push(element);
    return elements.length - 1;
  }

  image(png: Uint8Array, name: string): number {
    return this.add('images', { name, mimeType: 'image/png', bufferView: this.view(png) });
  }

  mesh(name: string, parts: { mesh: Mesh; material: number }[]): number {
    const primitives = parts.map(({ mesh, material }) => ({
      attributes: {
        POSITION: this.floats('VEC3', mesh.positions, true),
        NORMAL: this.floats('VEC3', mesh.normals),
        TEXCOORD_0: this.floats('VEC2', mesh.uvs),
      },
      indices: this.indices(mesh.indices, mesh.positions.length / 3),
      material,
    }));
    return this.add('meshes', { name, primitives });
  }

  /** A node that turns by quaternions at the given times, seconds. */
  rotation(node: number, times: number[], quaternions: number[][]): { sampler: Json; channel: Json } {
    return {
      sampler: {
        input: this.floats('SCALAR', times, true),
        output: this.floats('VEC4', quaternions.flat()),
        interpolation: 'LINEAR',
      },
      channel: { target: { node, path: 'rotation' } },
    };
  }

  write(): Uint8Array {
    const json = new TextEncoder().encode(
      JSON.stringify({ ...this.document, buffers: [{ byteLength: this.byteLength }] }),
    );
    const jsonBytes = Math.ceil(json.length / 4) * 4;
    const bytes = new Uint8Array(12 + 8 + jsonBytes + 8 + this.byteLength);
    const view = new DataView(bytes.buffer);
    const words = (at: number, ...values: number[]): void =>
      values.forEach((value, i) => view.setUint32(at + 4 * i, value, true));
    words(0, 0x46546c67, 2, bytes.length, jsonBytes, 0x4e4f534a);
    bytes.fill(0x20, 20, 20 + jsonBytes);
    bytes.set(json, 20);
    words(20 + jsonBytes, this.byteLength, 0x004e4942);
    let at = 28 + jsonBytes;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  private view(content: Uint8Array): number {
    const padded = new Uint8Array(Math.ceil(content.length / 4) * 4);
    padded.set(content);
    const index = this.add('bufferViews', { buffer: 0, byteOffset: this.byteLength, byteLength: content.length });
    this.chunks.push(padded);
    this.byteLength += padded.length;
    return index;
  }

  private floats(type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4', values: number[], bounds = false): number {
    const components = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 }[type];
    const array = Float32Array.from(values);
    const range = bounds
      ? { min: boundOf(array, components, Math.min), max: boundOf(array, components, Math.max) }
      : {};
    return this.add('accessors', {
      bufferView: this.view(new Uint8Array(array.buffer)),
      componentType: 5126,
      count: array.length / components,
      type,
      ...range,
    });
  }

  private indices(values: number[], vertices: number): number {
    const array = vertices < 65_536 ? Uint16Array.from(values) : Uint32Array.from(values);
    return this.add('accessors', {
      bufferView: this.view(new Uint8Array(array.buffer)),
      componentType: vertices < 65_536 ? 5123 : 5125,
      count: array.length,
      type: 'SCALAR',
    });
  }
}

function boundOf(values: Float32Array, components: number, pick: (a: number, b: number) => number): number[] {
  return Array.from({ length: components }, (_, k) => values.filter((_value, i) => i % components === k).reduce(pick));
}
