import type { LeaseId } from '../../protocol/ids.js';
import type { ContractEvent, ContractEventArgs, ContractEventName } from '../../protocol/events.js';
import { hexOfBytes, u32 } from '../../protocol/bytes.js';
import { sha256 } from '../../protocol/sha256.js';

/** Arguments of an event whose lease ids are plain numbers, as a chain has them. */
type ChainArgs<Args> = { [Field in keyof Args]: Args[Field] extends LeaseId ? number : Args[Field] };

/** Makes events as a chain would: one block each, a second apart. */
export function eventMaker(): <Name extends ContractEventName>(
  name: Name,
  args: ChainArgs<ContractEventArgs[Name]>,
  blockNumber?: number,
) => ContractEvent {
  let next = 1;
  return (name, args, blockNumber) => {
    const block = blockNumber ?? next;
    next = block + 1;
    return {
      name,
      args,
      blockNumber: block,
      blockTimestamp: 1_700_000_000 + block,
      logIndex: 0,
      blockHash: hexOfBytes(sha256(u32(block))),
      transactionHash: hexOfBytes(sha256(u32(block), u32(1))),
    } as unknown as ContractEvent;
  };
}
