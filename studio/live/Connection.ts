/**
 * How the page stands with its coordinator. connecting -> live; live -> away when it stops answering, closing when it
 * said that it ends, ended when it said that the network ends with it; each goes back to live when it answers again.
 * `missing`: it has no such job. `replaced`: another network answers at its address. These two stay.
 */
export type Connection = 'connecting' | 'live' | 'away' | 'closing' | 'ended' | 'missing' | 'replaced';

/** The connection after the coordinator began or ceased to answer. */
export function afterConnecting(before: Connection, isConnected: boolean): Connection {
  if (before === 'missing' || before === 'replaced') return before;
  if (isConnected) return 'live';
  // It said why: silence is no news.
  if (before === 'closing' || before === 'ended' || before === 'connecting') return before;
  return 'away';
}
