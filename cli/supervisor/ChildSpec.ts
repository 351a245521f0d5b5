/**
 * A process that the supervisor owns. It is a Node module of ours that speaks the few words of ChildMessage; what it
 * starts itself (PostgreSQL, anvil) stays in its process group, so that killing the group kills the tree.
 */
export interface ChildSpec {
  /** Name for people and of its log file: 'worker-1'. */
  name: string;
  /** Absolute path of the compiled module. */
  modulePath: string;
  args: string[];
  /**
   * Added to this process's environment; asked for at every start, because addresses may have changed since the last.
   */
  environment?: () => Record<string, string>;
  /** Most milliseconds from start to 'ready'. */
  readyMs: number;
  /** Most milliseconds from being asked to stop to being killed. */
  stopMs: number;
  /** Stages stop one after the other, the highest first; the children of one stage stop together. */
  stage: number;
}

/** What a child tells its supervisor over the IPC channel. */
export type ChildMessage =
  | { kind: 'ready'; /** Addresses and the like, JSON. */ facts: Record<string, unknown> }
  | {
      kind: 'statistics';
      /** Numbers since the start of the process, the newest replacing the former. */ values: Record<string, unknown>;
    }
  | {
      kind: 'failed';
      code: string;
      message: string;
      advice: string | undefined;
      /** 2 where what it was given cannot be used: no restart mends that, and it is given up at once. */
      exitCode: number;
    };

/** What happens to children, for logs and for people. */
export type ChildEvent =
  | { kind: 'started'; name: string; pid: number }
  | { kind: 'ready'; name: string; pid: number; tookMs: number }
  | {
      kind: 'ended';
      name: string;
      pid: number;
      exitCode: number | null;
      signal: string | null;
      reason: string | undefined;
    }
  | { kind: 'restarting'; name: string; attempt: number; afterMs: number; /** Why it ended. */ reason: string };
