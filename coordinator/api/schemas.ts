import Type from 'typebox';

/** 32 bytes of hex. */
export const JobIdSchema = Type.String({ pattern: '^0x[0-9a-fA-F]{64}$' });
/** 20 bytes of hex. */
export const AddressSchema = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' });
export const ErrorSchema = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    facts: Type.Record(Type.String(), Type.Unknown()),
    advice: Type.Optional(Type.String()),
  }),
});
