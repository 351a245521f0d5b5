import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { DeadlineError, RushesError } from '../../protocol/errors.js';
import { retry } from '../retry.js';
import { migrateDatabase } from './migrateDatabase.js';
import type { DatabaseSchema } from './schema.js';

const INT8_OID = 20;
const NUMERIC_OID = 1700;
const DATABASE_MISSING = '3D000';
/** The server is starting, stopping or recovering. */
const NOT_NOW = new Set(['57P03', '57P01', '57P02', '53300']);
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/**
 * A database that can no longer be used as it is: it was dropped, or its tables were. Connecting again makes them anew.
 */
export class DatabaseGoneError extends RushesError {
  constructor(cause: unknown) {
    super({
      code: 'database-gone',
      message: `the coordinator's database is gone: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}

/** Pooled connections, typed. */
export interface Database {
  db: Kysely<DatabaseSchema>;
  close(): Promise<void>;
}

/**
 * Connects to a PostgreSQL by its URL, makes the database when the server has none of that name (and the role may), and
 * brings its tables to the newest migration. Waits for a server that is not there yet, up to `deadlineMs` (default 30
 * s). Throws DeadlineError, or RushesError `database-refused` when the server says no (wrong password, no such role, no
 * right to make tables).
 */
export async function connectDatabase(options: {
  url: string;
  maxConnections?: number;
  deadlineMs?: number;
  signal?: AbortSignal;
  onTrouble?: (error: unknown) => void;
}): Promise<Database> {
  const deadlineMs = options.deadlineMs ?? 30_000;
  return retry({
    attempt: () => connectOnce(options),
    onFailure(error, { isLast }) {
      if (codeOf(error) !== DATABASE_MISSING && !isPassing(error)) throw refused(error);
      if (isLast)
        throw new DeadlineError({
          what: `connecting to the database at ${withoutPassword(options.url)}`,
          deadlineMs,
          advice: 'Check that PostgreSQL runs and that the URL is right.',
          cause: error,
        });
      options.onTrouble?.(error);
    },
    firstMs: FIRST_PAUSE_MS,
    longestMs: LONGEST_PAUSE_MS,
    deadlineMs,
    signal: options.signal,
  });
}

/** Connects once; where the server has no database of that name, makes it and connects to that. */
async function connectOnce(options: {
  url: string;
  maxConnections?: number;
  onTrouble?: (error: unknown) => void;
}): Promise<Database> {
  try {
    return await openPool(options);
  } catch (error) {
    if (codeOf(error) !== DATABASE_MISSING) throw error;
    options.onTrouble?.(error);
    await createDatabase(options.url);
    return openPool(options);
  }
}

async function openPool(options: {
  url: string;
  maxConnections?: number;
  onTrouble?: (error: unknown) => void;
}): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 8,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    query_timeout: 40_000,
    application_name: 'rushes',
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // A connection that breaks says so in an event of its own, in use or idle. The query on it fails too, and the next
  // one gets a new connection or says why not.
  pool.on('error', (error) => options.onTrouble?.(error));
  pool.on('connect', (client) => client.on('error', (error) => options.onTrouble?.(error)));
  try {
    await migrateDatabase(pool);
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw error;
  }
  const db = new Kysely<DatabaseSchema>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}

/**
 * Whether an error of a query means that the connection, the database or its tables went away, so that connecting again
 * is what helps.
 */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  const tablesGone = code === '42P01' || code === '42703' || code === '3F000';
  return tablesGone || code === DATABASE_MISSING || isPassing(error);
}

/**
 * Whether an error says that a value is none that PostgreSQL can hold (SQLSTATE class 22, data exceptions): NUL in a
 * text, a lone surrogate in JSON. Who sent the value is to blame, and trying again is for nothing.
 */
export function isUnstorable(error: unknown): error is Error {
  return codeOf(error).startsWith('22');
}

function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (NOT_NOW.has(code) || code.startsWith('08')) return true;
  if (['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) return true;
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|pool after calling end/.test(
      error.message,
    )
  );
}

async function createDatabase(url: string): Promise<void> {
  const parsed = new URL(url);
  const name = decodeURIComponent(parsed.pathname.slice(1));
  parsed.pathname = '/postgres';
  const client = new pg.Client({ connectionString: parsed.href, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // Somebody else made it in between.
    const code = codeOf(error);
    if (code !== '42P04' && code !== '23505' && !isPassing(error)) throw refused(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function refused(error: unknown): RushesError {
  if (error instanceof RushesError) return error;
  return new RushesError({
    code: 'database-refused',
    message: `the database refuses: ${error instanceof Error ? error.message : String(error)}`,
    facts: { sqlState: codeOf(error) },
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '');
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.password = '';
    return parsed.href;
  } catch {
    return 'an unreadable URL';
  }
}

/** Block numbers, times and counters fit a number; wei do not. */
function typeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8_OID) return Number;
  if (oid === NUMERIC_OID) return BigInt;
  return pg.types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown;
}
