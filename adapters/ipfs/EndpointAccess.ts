/**
 * The part of ipfs-http-client that is used, with CIDs as strings: the package brings its own CID class, and its types
 * do not resolve under nodenext.
 */
export interface IpfsClient {
  block: {
    put(
      bytes: Uint8Array,
      options: { format: string; mhtype: string; version: number; pin: boolean; signal: AbortSignal },
    ): Promise<{ toString(): string }>;
  };
  cat(cid: string, options: { signal: AbortSignal }): AsyncIterable<Uint8Array>;
  add(bytes: Uint8Array, options: AddOptions): Promise<{ cid: { toString(): string } }>;
  addAll(
    files: Iterable<{ path: string; content: Uint8Array }>,
    options: AddOptions & { wrapWithDirectory: boolean },
  ): AsyncIterable<{ path: string; cid: { toString(): string } }>;
  pin: {
    add(cid: string, options: { recursive: boolean; signal: AbortSignal }): Promise<unknown>;
    rm(cid: string, options: { recursive: boolean; signal: AbortSignal }): Promise<unknown>;
  };
}

interface AddOptions {
  cidVersion: 0 | 1;
  rawLeaves: boolean;
  chunker: string;
  hashAlg: string;
  pin: boolean;
  signal: AbortSignal;
}

/** What a call to an endpoint goes through. */
export interface EndpointAccess {
  client: IpfsClient;
  /** The URL, for errors. */
  endpoint: string;
}

/** The part of it that reads blocks. */
export interface ReadingAccess {
  client: Pick<IpfsClient, 'cat'>;
  endpoint: string;
}
