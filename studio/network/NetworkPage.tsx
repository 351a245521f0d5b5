import type { ReactNode } from 'react';
import type { PartyRecord } from '../../adapters/http/coordinatorClient.js';
import { PRESENCE_TIMES } from '../../artist/presenceTimes.js';
import { Amount, ShortId } from '../Amount.js';
import { ConnectionNotice } from '../ConnectionNotice.js';
import { useFeed } from '../live/Feed.js';
import { networkFeed, type NetworkSnapshot } from '../live/networkFeed.js';
import { counted, inWords } from '../model/words.js';

/** Who is on the network, since when, with what at stake, and what it does. */
export function NetworkPage(): ReactNode {
  const snapshot = useFeed(networkFeed);
  const { connection, network, parties } = snapshot;
  const alive = (parties ?? []).filter(isAlive);
  return (
    <>
      <ConnectionNotice connection={connection} />
      <h1>Network</h1>
      {network !== undefined && (
        <p className="quiet">
          {network.name}, chain {network.chainId}, contract <ShortId id={network.contract} />
          {network.testMoney && ' · pays in test money, which is worth nothing'}
          {network.contact !== undefined && ` · whom to write to: ${network.contact}`}
        </p>
      )}
      {parties === undefined ? (
        <p className="quiet">Asking the coordinator…</p>
      ) : (
        <>
          <p>
            {counted(alive.filter(({ role }) => role === 'worker').length, 'worker')} and{' '}
            {counted(alive.filter(({ role }) => role === 'verifier').length, 'verifier')} are alive.
          </p>
          <ul className="parties">
            {parties.map((party) => (
              <Party key={party.address} party={party} snapshot={snapshot} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Party({ party, snapshot }: { party: PartyRecord; snapshot: NetworkSnapshot }): ReactNode {
  const { address, role, audits } = party;
  const sinceSeconds =
    party.registeredAtSeconds === null ? undefined : Math.max(0, snapshot.nowSeconds - party.registeredAtSeconds);
  return (
    <li className="card party" data-alive={isAlive(party)}>
      <div className="title">
        <h2>
          <ShortId id={address} />
        </h2>
        <span className="quiet">
          {role ?? 'left'}
          {party.leavesAtSeconds !== null && ', leaving'}
          {party.deviceClass !== '' && ` · ${party.deviceClass}`}
        </span>
      </div>
      <p className="alive">{presence(party)}</p>
      <dl className="facts">
        <div>
          <dt>Here since</dt>
          <dd>{sinceSeconds === undefined ? 'not known' : `${inWords(sinceSeconds)}`}</dd>
        </div>
        <div>
          <dt>Stake</dt>
          <dd>
            <Amount wei={party.stakeWei} />
          </dd>
        </div>
        <div>
          <dt>Earned</dt>
          <dd>
            <Amount wei={party.creditedWei} />
          </dd>
        </div>
        <div>
          <dt>{role === 'verifier' ? 'Audits' : 'Tiles paid'}</dt>
          <dd>{role === 'verifier' ? audits.revealed : party.chunksPaid}</dd>
        </div>
        {role === 'worker' && (
          <div>
            <dt>Now</dt>
            <dd>{doing(party)}</dd>
          </div>
        )}
        {party.convictions > 0 && (
          <div className="bad">
            <dt>Convicted</dt>
            <dd>
              {counted(party.convictions, 'time')}{' '}
              <small>
                lost <Amount wei={party.slashedWei} />
              </small>
            </dd>
          </div>
        )}
      </dl>
    </li>
  );
}

function doing({ leases, stakeWei }: PartyRecord): string {
  if (leases.open > 0) return counted(leases.open, 'open lease');
  return BigInt(stakeWei) === 0n ? 'gets no work without a stake' : 'waits for work';
}

function isAlive({ role, seenAgoMs }: PartyRecord): boolean {
  return role !== null && seenAgoMs !== null && seenAgoMs <= PRESENCE_TIMES.heardWithinMs;
}

function presence(party: PartyRecord): string {
  if (isAlive(party)) return 'alive';
  return party.seenAgoMs === null ? 'never heard of' : `last heard of ${inWords(party.seenAgoMs / 1000)} ago`;
}
