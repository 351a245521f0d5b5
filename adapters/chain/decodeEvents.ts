import type { ContractEvent, ContractEventName, EventPosition } from '../../protocol/events.js';
import { ROLE_CODES, VERDICT_CODES, VOID_REASON_CODES } from '../../protocol/events.js';
import { MalformedError } from '../../protocol/errors.js';
import type { Bytes32 } from '../../protocol/ids.js';
import { plainFields, rushesInterface } from './abiValues.js';
import { textOfDeviceClass } from './deviceClass.js';
import type { RushesEvents } from './generated/rushes.js';

/** A log as eth_getLogs and receipts give it. */
export interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  transactionHash: string;
  logIndex: string;
  removed?: boolean;
}

/** Fails to compile when the events of the contract and those of protocol/events.ts are not the same names. */
type SameNames<A extends PropertyKey, B extends PropertyKey> = [A, B] extends [B, A] ? true : never;
const eventNamesAgree: SameNames<keyof RushesEvents, ContractEventName> = true;
void eventNamesAgree;

/** uint64 and uint256 fields that are no money: ids, blocks and unix seconds, numbers in the protocol. */
const NUMBER_FIELDS = new Set([
  'leaseId',
  'deadline',
  'sealDeadline',
  'openDeadline',
  'revealDeadline',
  'answerDeadline',
  'withdrawableAt',
  'drawBlock',
]);
const WORDS: Record<string, Record<string, number>> = {
  role: ROLE_CODES,
  verdict: VERDICT_CODES,
  reason: VOID_REASON_CODES,
};

/** One of the contract's logs as an event. Throws MalformedError for a log that is none of its events. */
export function decodeEvent(log: RpcLog, timestampSeconds: number): ContractEvent {
  let parsed: ReturnType<typeof rushesInterface.parseLog>;
  try {
    parsed = rushesInterface.parseLog(log);
  } catch (cause) {
    throw new MalformedError({
      what: `log ${Number(log.logIndex)} of block ${Number(log.blockNumber)}`,
      reason: cause instanceof Error ? cause.message : String(cause),
      facts: { topics: log.topics },
    });
  }
  const position: EventPosition = {
    blockNumber: Number(log.blockNumber),
    blockHash: log.blockHash as Bytes32,
    blockTimestamp: timestampSeconds,
    transactionHash: log.transactionHash as Bytes32,
    logIndex: Number(log.logIndex),
  };
  const args = plainFields(parsed.eventFragment.inputs, parsed.args);
  for (const [field, value] of Object.entries(args)) args[field] = protocolValue(field, value);
  return { ...position, name: parsed.name, args } as unknown as ContractEvent;
}

function protocolValue(field: string, value: unknown): unknown {
  if (NUMBER_FIELDS.has(field)) return safeNumber(field, value as bigint);
  if (field === 'deviceClass') return textOfDeviceClass(value as Bytes32);
  const words = WORDS[field];
  if (words === undefined) return value;
  const word = Object.keys(words).find((candidate) => words[candidate] === value);
  if (word === undefined)
    throw new MalformedError({ what: `event field ${field}`, reason: `${String(value)} is none of its values` });
  return word;
}

function safeNumber(field: string, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new MalformedError({ what: `event field ${field}`, reason: `${value} is no safe integer` });
  return Number(value);
}
