import type { ContractEvent } from './events.js';
import { MalformedError } from './errors.js';
import type { Json } from './canonicalJson.js';

/** Whether a field of an event holds a bigint: amounts in wei and masks. */
function isBigintField(name: string): boolean {
  return name.endsWith('Wei') || name === 'mask' || name === 'drawnMask';
}

/** An event as JSON: bigints as decimal strings, everything else as it is. */
export function eventToJson(event: ContractEvent): Json {
  return JSON.parse(
    JSON.stringify(event, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  ) as Json;
}

/** The event that eventToJson wrote. Throws MalformedError when an amount or mask is no decimal string. */
export function eventFromJson(json: Json): ContractEvent {
  return revive(json, '') as unknown as ContractEvent;
}

function revive(value: Json, name: string): unknown {
  if (isBigintField(name)) {
    if (typeof value !== 'string' || !/^[0-9]{1,78}$/.test(value))
      throw new MalformedError({ what: `event field ${name}`, reason: 'it is not a decimal string' });
    return BigInt(value);
  }
  if (Array.isArray(value)) return value.map((element) => revive(element, ''));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revive(one, key)]));
  return value;
}
