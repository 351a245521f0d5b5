/** What `rushes worker` and `rushes verifier` both take. */
export interface DaemonFlags {
  network: string;
  awaitNetwork?: boolean;
  key?: string;
  data?: string;
  threads?: number;
  /** Memory that each scene may take, bytes. */
  sceneMemory?: number;
  nice: number;
}
