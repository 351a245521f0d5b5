/** Kills a process group at once (SIGKILL). A group that is gone already, or no group, is fine. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nothing left. EPERM: what is left belongs to another user and leads its own end (PostgreSQL's children
    // follow their postmaster).
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
