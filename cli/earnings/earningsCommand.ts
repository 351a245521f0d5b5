import { readGasPaid } from '../../adapters/chain/readGasPaid.js';
import { watchChain } from '../../artist/watchChain.js';
import { createRpc } from '../../adapters/chain/createRpc.js';
import type { Role } from '../../protocol/events.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { LOSS_SENTENCES } from '../../protocol/lossesOf.js';
import type { CommandContext } from '../options/CommandContext.js';
import { findParty } from '../party/findParty.js';
import { PROMPT_PATIENCE_MS } from '../session/promptPatienceMs.js';
import { formatTable } from '../terminal/formatTable.js';
import { type Earnings, gatherEarnings, ownTransactions } from './gatherEarnings.js';

const DIGITS = 6;

/** Runs `rushes earnings`, from the chain alone. */
export async function earningsCommand({
  url,
  as: role,
  key: keyFile,
  csv,
  context,
}: {
  url: string | undefined;
  as: Role;
  key?: string;
  csv: boolean;
  context: CommandContext;
}): Promise<void> {
  const { terminal, signal } = context;
  const { network, account } = await findParty({ url, role, keyFile, context });
  const watch = watchChain({ network, signal, patienceMs: PROMPT_PATIENCE_MS });
  try {
    await watch.reached(Number(await createRpc(network.rpcUrl).send<string>('eth_blockNumber', [], { signal })));
    const { ledger, events } = watch.log;
    const paid = await readGasPaid({
      rpcUrl: network.rpcUrl,
      account,
      transactionHashes: ownTransactions(events, account),
      signal,
    });
    const earnings = gatherEarnings({ ledger, events, account, gasOf: (hash) => paid.get(hash) ?? 0n });
    if (csv) for (const line of csvOf(earnings)) terminal.line(line);
    else for (const line of tableOf(earnings)) terminal.line(line);
    terminal.result({ account, ...earnings, ...totalsOf(earnings) });
  } finally {
    await watch.stop();
  }
}

function totalsOf({ leases, otherGasWei }: Earnings): { earnedWei: bigint; lostWei: bigint; gasWei: bigint } {
  const total = { earnedWei: 0n, lostWei: 0n, gasWei: otherGasWei };
  for (const lease of leases) {
    total.earnedWei += lease.earnedWei;
    total.lostWei += lease.lostWei;
    total.gasWei += lease.gasWei;
  }
  return total;
}

function tableOf(earnings: Earnings): string[] {
  const { earnedWei, lostWei, gasWei } = totalsOf(earnings);
  return [
    ...formatTable(
      [
        { heading: 'lease', right: true },
        { heading: 'job' },
        { heading: 'taken' },
        { heading: 'state' },
        { heading: 'earned', right: true },
        { heading: 'lost', right: true },
        { heading: 'gas', right: true },
      ],
      earnings.leases.map((lease) => [
        String(lease.leaseId),
        lease.jobId.slice(0, 18),
        timeOf(lease.takenAtSeconds),
        lease.state,
        formatMoney(lease.earnedWei, DIGITS),
        formatMoney(lease.lostWei, DIGITS),
        formatMoney(lease.gasWei, DIGITS),
      ]),
    ),
    ...earnings.leases.flatMap(({ leaseId, cause }) =>
      cause === undefined ? [] : [`lease ${leaseId}: it ${LOSS_SENTENCES[cause]}`],
    ),
    `in all: earned ${formatMoney(earnedWei, DIGITS)}, lost ${formatMoney(lostWei, DIGITS)}, and ${formatMoney(gasWei, DIGITS)} of the chain's coins for gas, ${formatMoney(earnings.otherGasWei, DIGITS)} of them for stake and withdrawals`,
  ];
}

function csvOf({ leases, otherGasWei }: Earnings): string[] {
  const rows = leases.map((lease) => [
    lease.leaseId,
    lease.jobId,
    timeOf(lease.takenAtSeconds),
    lease.state,
    exact(lease.earnedWei),
    exact(lease.lostWei),
    lease.cause ?? '',
    exact(lease.gasWei),
  ]);
  return [
    'lease,job,taken,state,earned,lost,cause,gas',
    ...rows.map((row) => row.join(',')),
    `,,,other,0,0,,${exact(otherGasWei)}`,
  ];
}

function exact(wei: bigint): string {
  return formatMoney(wei, 18);
}

function timeOf(seconds: number): string {
  return new Date(1000 * seconds).toISOString().slice(0, 19).concat('Z');
}
