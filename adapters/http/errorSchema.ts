import Type from 'typebox';

/** The body of every answer that is an error: ErrorBody of httpError.ts. Every server has it (createHttpServer). */
export const ERROR_SCHEMA = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'a word for programs; docs/errors.md says what each means' }),
      message: Type.String({ description: 'a sentence for people' }),
      facts: Type.Record(Type.String(), Type.Unknown()),
      advice: Type.Optional(Type.String({ description: 'what to do about it' })),
    }),
  },
  { $id: 'Error', description: 'an error' },
);

const ErrorRef = { ...Type.Unsafe<Type.Static<typeof ERROR_SCHEMA>>({ $ref: 'Error#' }), description: 'an error' };

/** What any route may answer besides its own answers. */
export const ERRORS = { '4xx': ErrorRef, '5xx': ErrorRef };
