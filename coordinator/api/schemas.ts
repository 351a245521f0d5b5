import Type from 'typebox';

/** 32 bytes of hex. */
export const JobIdSchema = Type.String({ pattern: '^0x[0-9a-fA-F]{64}$' });
/** 20 bytes of hex. */
export const AddressSchema = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' });
/** An amount of money, in the smallest unit. */
export const WeiSchema = Type.String({ pattern: '^(0|[1-9][0-9]*)$', description: 'wei; decimal' });

/** Where the next page of a list begins. */
export const NextCursorSchema = Type.Union([Type.String(), Type.Null()], {
  description: 'the cursor of the next page; null: this is the last',
});

/** What every list takes: where a page begins, as the page before said, and how much it may hold. */
export function pageQuery(bounds: { cursor: string; most: number; usual: number }) {
  return {
    cursor: Type.Optional(
      Type.String({ pattern: bounds.cursor, description: 'nextCursor of the page before; without one, the first' }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: bounds.most, default: bounds.usual, description: 'how many at most' }),
    ),
  };
}

/** A stream of server-sent events. */
export const EventStreamSchema = {
  description: 'server-sent events, until one side hangs up',
  content: { 'text/event-stream': { schema: Type.String() } },
};

/** What a reader of events that comes back sends. */
export const LastEventIdSchema = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ description: 'id of the last event that the reader has; what it does not have follows' }),
  ),
});
