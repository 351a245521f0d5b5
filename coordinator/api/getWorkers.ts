import { sql } from 'kysely';
import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import type { Address } from '../../protocol/ids.js';
import { type LeaseEnding, perEnding } from '../../protocol/leaseEndings.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { AddressSchema, NextCursorSchema, pageQuery, WeiSchema } from './schemas.js';

const MOST_PARTIES = 500;

const PartySchema = Type.Object({
  address: AddressSchema,
  role: Type.Union([Type.Literal('worker'), Type.Literal('verifier'), Type.Null()]),
  deviceClass: Type.String(),
  stakeWei: WeiSchema,
  creditedWei: Type.String({ description: 'everything ever earned, wei; decimal' }),
  slashedWei: WeiSchema,
  convictions: Type.Integer(),
  seenAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'when it last said that it is there, or asked for work; advisory',
  }),
  seenAgoMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'the same in milliseconds before this answer, for readers whose clocks differ',
  }),
  registeredAtSeconds: Type.Union([Type.Integer(), Type.Null()], { description: 'unix seconds; null: not known' }),
  leavesAtSeconds: Type.Union([Type.Integer(), Type.Null()], {
    description: 'unix seconds from which it can take its stake back; null: it stays',
  }),
  leases: Type.Object({ open: Type.Integer(), ...perEnding(() => Type.Integer()) }),
  chunksPaid: Type.Integer(),
  audits: Type.Object({ sealed: Type.Integer(), revealed: Type.Integer() }),
});

/**
 * GET /v1/workers: everybody who ever registered, with what the chain says of their work: workers, then verifiers, then
 * those who left; each by address.
 */
export function getWorkers(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/workers',
    {
      schema: {
        operationId: 'getWorkers',
        summary: 'Workers and verifiers with their records: workers, then verifiers, then those who left',
        querystring: Type.Object(
          pageQuery({ cursor: '^[012]-0x[0-9a-f]{40}$', most: MOST_PARTIES, usual: MOST_PARTIES }),
        ),
        response: {
          200: Type.Object(
            { workers: Type.Array(PartySchema), nextCursor: NextCursorSchema },
            { description: 'a page' },
          ),
          ...ERRORS,
        },
      },
    },
    async (request) =>
      withDatabase(context, async ({ state, database }) => {
        const { cursor, limit = MOST_PARTIES } = request.query;
        const [rank, account] = cursor?.split('-') ?? ['0', ''];
        const { rows } = await sql<
          {
            account: string;
            rank: number;
            role: 'worker' | 'verifier' | null;
            device_class: string;
            stake_wei: bigint;
            credited_wei: bigint;
            slashed_wei: bigint;
            convictions: number;
            withdrawable_at: number | null;
            seen_at: Date | null;
            seen_ago_ms: number | null;
            open: number;
            chunks_paid: number;
            sealed: number;
            revealed: number;
          } & Record<LeaseEnding, number>
        >`
      WITH a AS (
        SELECT * FROM (
          SELECT *, CASE role WHEN 'worker' THEN 0 WHEN 'verifier' THEN 1 ELSE 2 END AS rank FROM accounts
          WHERE device_class <> '' OR role IS NOT NULL
        ) ranked
        WHERE (rank, account) > (${Number(rank)}, ${account})
        ORDER BY rank, account LIMIT ${limit + 1}
      )
      SELECT a.account, a.rank, a.role, a.device_class, a.stake_wei, a.credited_wei, a.slashed_wei, a.convictions, a.withdrawable_at, h.seen_at,
        greatest(0, extract(epoch FROM clock_timestamp() - h.seen_at) * 1000)::int8::float8 AS seen_ago_ms,
        coalesce(l.open, 0) AS open, ${sql.join(Object.values(perEnding((ending) => sql`coalesce(${sql.ref(`l.${ending}`)}, 0) AS ${sql.ref(ending)}`)))},
        coalesce(c.chunks_paid, 0) AS chunks_paid, coalesce(u.sealed, 0) AS sealed, coalesce(u.revealed, 0) AS revealed
      FROM a
      LEFT JOIN heartbeats h ON h.worker = a.account
      LEFT JOIN (
        SELECT worker, count(*) FILTER (WHERE ended_at IS NULL) AS open,
          ${sql.join(Object.values(perEnding((ending, state) => sql`count(*) FILTER (WHERE state = ${state}) AS ${sql.ref(ending)}`)))}
        FROM leases WHERE worker IN (SELECT account FROM a) GROUP BY worker) l ON l.worker = a.account
      LEFT JOIN (
        SELECT s.worker, count(*) AS chunks_paid FROM chunks k JOIN leases s USING (lease_id)
        WHERE k.state = 'paid' AND s.worker IN (SELECT account FROM a) GROUP BY s.worker) c ON c.worker = a.account
      LEFT JOIN (
        SELECT verifier, count(*) FILTER (WHERE sealed) AS sealed, count(verdict) AS revealed
        FROM audits WHERE verifier IN (SELECT account FROM a) GROUP BY verifier) u ON u.verifier = a.account
      ORDER BY a.rank, a.account`.execute(database.db);
        return {
          workers: rows.slice(0, limit).map((row) => ({
            address: row.account,
            role: row.role,
            deviceClass: row.device_class,
            stakeWei: row.stake_wei.toString(),
            creditedWei: row.credited_wei.toString(),
            slashedWei: row.slashed_wei.toString(),
            convictions: row.convictions,
            seenAt: row.seen_at === null ? null : row.seen_at.toISOString(),
            seenAgoMs: row.seen_ago_ms,
            registeredAtSeconds: state.registeredAtSeconds(row.account as Address) ?? null,
            leavesAtSeconds: row.withdrawable_at,
            leases: { open: row.open, ...perEnding((ending) => row[ending]) },
            chunksPaid: row.chunks_paid,
            audits: { sealed: row.sealed, revealed: row.revealed },
          })),
          nextCursor: cursorAfter(rows.slice(0, limit), rows.length > limit),
        };
      }),
  );
}

/** Where the page after these begins. */
function cursorAfter(page: readonly { rank: number; account: string }[], hasMore: boolean): string | null {
  const last = page.at(-1);
  return hasMore && last !== undefined ? `${last.rank}-${last.account}` : null;
}
