import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { DatabaseSchema } from '../../adapters/database/schema.js';
import type { LedgerAccount, LedgerJob, LedgerLease } from '../../protocol/ledger.js';
import { chunkState, commitmentOf } from '../../protocol/ledger.js';
import { leaseTimesOf } from '../../protocol/leaseTimes.js';
import { chunksOfMask } from '../../protocol/masks.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import type { ChainState, Touched } from './ChainState.js';

/** Rows of one statement; PostgreSQL takes 65,535 parameters. */
const ROWS_PER_STATEMENT = 1000;

/**
 * Writes jobs, leases, audits, accounts and chunk states as the ledger has them now, for everything that was touched.
 */
export async function writeProjection(
  tx: Transaction<DatabaseSchema>,
  state: ChainState,
  touched: Touched,
): Promise<void> {
  const { ledger } = state;
  const jobs = [...touched.jobs].flatMap((jobId) => ledger.jobs.get(jobId) ?? []);
  const leases = [...touched.leases]
    .flatMap((leaseId) => ledger.leases.get(leaseId) ?? [])
    .sort((a, b) => a.leaseId - b.leaseId);
  const accounts = [...touched.accounts].flatMap((account) => ledger.accounts.get(account) ?? []);

  for (const rows of inPieces(jobs.map((job) => jobRow(job, ledger.policies.get(job.policy))))) {
    await tx
      .insertInto('jobs')
      .values(rows)
      .onConflict((oc) => oc.column('job_id').doUpdateSet(everyColumn(rows)))
      .execute();
  }
  for (const rows of inPieces(leases.map(leaseRow))) {
    await tx
      .insertInto('leases')
      .values(rows)
      .onConflict((oc) => oc.column('lease_id').doUpdateSet(everyColumn(rows)))
      .execute();
  }
  await writeAudits(tx, leases);
  for (const rows of inPieces(accounts.map(accountRow))) {
    await tx
      .insertInto('accounts')
      .values(rows)
      .onConflict((oc) => oc.column('account').doUpdateSet(everyColumn(rows)))
      .execute();
  }
  for (const job of jobs)
    await writeChunks(
      tx,
      job,
      leases.filter((lease) => lease.jobId === job.jobId),
    );
}

/**
 * Brings the chunk rows of a job to the ledger's state, for the chunks of some leases. Chunks that came free can be
 * suggested again at once.
 */
async function writeChunks(
  tx: Transaction<DatabaseSchema>,
  job: Readonly<LedgerJob>,
  leases: readonly LedgerLease[],
): Promise<void> {
  const chunks = [...new Set(leases.flatMap((lease) => chunksOfMask(lease.word, lease.mask)))];
  if (chunks.length > 0) await writeChunkStates(tx, job, chunks);
  const barred = [...new Set(leases.map((lease) => lease.worker))].flatMap((worker) =>
    [...(job.barred.get(worker) ?? [])].flatMap(([word, mask]) =>
      chunksOfMask(word, mask).map((chunk) => ({ job_id: job.jobId, worker, chunk_index: chunk })),
    ),
  );
  for (const rows of inPieces(barred))
    await tx
      .insertInto('barred_chunks')
      .values(rows)
      .onConflict((oc) => oc.doNothing())
      .execute();
}

/**
 * Sets state and lease of the given chunks from the ledger, and what their frames have open; chunks whose rows are not
 * made yet are left out.
 */
async function writeChunkStates(
  tx: Transaction<DatabaseSchema>,
  job: Readonly<LedgerJob>,
  chunks: readonly number[],
): Promise<void> {
  const states = chunks.map((chunk) => chunkState(job, chunk));
  const leases = chunks.map((chunk) => job.chunkLeases[chunk] ?? 0);
  await sql`
    WITH given AS (
      SELECT * FROM unnest(${chunks}::integer[], ${states}::text[], ${leases}::bigint[]) AS v (chunk_index, state, lease_id)
    ), before AS (
      SELECT c.chunk_index, c.frame, c.word, c.state IN ('free', 'voided') AS was_open, given.state IN ('free', 'voided') AS is_open
      FROM chunks c JOIN given USING (chunk_index) WHERE c.job_id = ${job.jobId} AND (c.state, coalesce(c.lease_id, 0)) IS DISTINCT FROM (given.state, given.lease_id)
    ), written AS (
      UPDATE chunks c SET state = given.state, lease_id = nullif(given.lease_id, 0), suggested_until = CASE WHEN before.is_open AND NOT before.was_open THEN '-infinity' ELSE c.suggested_until END
      FROM before JOIN given USING (chunk_index) WHERE c.job_id = ${job.jobId} AND c.chunk_index = before.chunk_index
    ), changed AS (
      SELECT frame, word, sum(is_open::integer - was_open::integer) AS opened, bool_or(is_open AND NOT was_open) AS has_news FROM before GROUP BY frame, word
    )
    UPDATE frame_groups g SET open = g.open + changed.opened, resting_until = CASE WHEN has_news THEN '-infinity' ELSE resting_until END
    FROM changed WHERE g.job_id = ${job.jobId} AND g.frame = changed.frame AND g.word = changed.word AND (changed.opened <> 0 OR has_news)`.execute(
    tx,
  );
}

async function writeAudits(tx: Transaction<DatabaseSchema>, leases: readonly LedgerLease[]): Promise<void> {
  if (leases.length === 0) return;
  // Who was drawn and did not seal leaves the audit: rows are replaced, not merged.
  await tx
    .deleteFrom('audits')
    .where(
      'lease_id',
      'in',
      leases.map((lease) => lease.leaseId),
    )
    .execute();
  const rows = leases.flatMap((lease) =>
    (commitmentOf(lease)?.audits ?? []).map((audit) => ({
      lease_id: lease.leaseId,
      verifier: audit.verifier,
      sealed: audit.sealHash !== undefined,
      verdict: audit.reveal?.verdict ?? null,
    })),
  );
  for (const piece of inPieces(rows)) await tx.insertInto('audits').values(piece).execute();
}

function jobRow(job: Readonly<LedgerJob>, policy: PolicyNumbers | undefined) {
  return {
    ...policyColumns(policy),
    job_id: job.jobId,
    artist: job.artist,
    policy: job.policy,
    chunk_count: job.chunkCount,
    created_block: job.createdBlock,
    deadline: job.deadlineSeconds,
    closed: job.closed,
    completed: job.completed,
    funded_wei: job.fundedWei,
    unreserved_wei: job.unreservedWei,
    reserved_wei: job.reservedWei,
    spent_wei: job.spentWei,
    withdrawn_wei: job.withdrawnWei,
    price_per_unit_wei: job.pricePerUnitWei,
  };
}

/**
 * The policy's part of what a suggestion must fit, as columns: times are linear in the work units, so two sizes give
 * both coefficients; reserveSql has the money.
 */
function policyColumns(policy: PolicyNumbers | undefined) {
  if (policy === undefined)
    return {
      max_chunks_per_lease: null,
      max_units_per_lease: null,
      reserve_fee_bps: null,
      verifier_count: null,
      path_seconds: null,
      path_seconds_per_unit: null,
    };
  const pathSeconds = (units: number): number => leaseTimesOf({ policy, units }).longestPathSeconds;
  return {
    max_chunks_per_lease: policy.maxChunksPerLease,
    max_units_per_lease: policy.maxUnitsPerLease,
    reserve_fee_bps: policy.redraftFeeBps,
    verifier_count: policy.verifierCount,
    path_seconds: pathSeconds(0),
    path_seconds_per_unit: pathSeconds(1) - pathSeconds(0),
  };
}

function leaseRow(lease: LedgerLease) {
  return {
    lease_id: lease.leaseId,
    job_id: lease.jobId,
    worker: lease.worker,
    word: lease.word,
    mask: lease.mask,
    state: lease.state,
    pay_wei: lease.payWei,
    taken_at: lease.takenAtSeconds,
    committed_at: commitmentOf(lease)?.committedAtSeconds ?? null,
    ended_at: 'endedAtSeconds' in lease ? lease.endedAtSeconds : null,
  };
}

function accountRow(account: Readonly<LedgerAccount>) {
  return {
    account: account.account,
    role: account.role ?? null,
    device_class: account.deviceClass,
    stake_wei: account.stakeWei,
    withdrawable_at: account.withdrawableAtSeconds ?? null,
    convictions: account.convictions,
    slashed_wei: account.slashedWei,
    owed_wei: account.owedWei,
    credited_wei: account.creditedWei,
  };
}

/** What a row that is there already becomes: the one given, in every column, so that none is left as it was. */
function everyColumn<Row extends object>(rows: readonly Row[]): { [Column in keyof Row]: RawBuilder<Row[Column]> } {
  const columns = Object.keys(rows[0] ?? {}).map((column) => [column, sql.ref(`excluded.${column}`)]);
  return Object.fromEntries(columns) as { [Column in keyof Row]: RawBuilder<Row[Column]> };
}

function inPieces<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_PER_STATEMENT) }, (_, piece) =>
    rows.slice(piece * ROWS_PER_STATEMENT, (piece + 1) * ROWS_PER_STATEMENT),
  );
}
