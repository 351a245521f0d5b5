import Type from 'typebox';
import { ERRORS } from './errorSchema.js';

/** POST /v1/faucet, of the faucet itself and of a coordinator that carries it. */
export const POST_FAUCET = {
  operationId: 'postFaucet',
  summary: 'Gives an account its start on a network of test money, once',
  description:
    'Answers when it is there. Asked again for the same account it gives nothing more, whoever asks and however often. 404 where the network has no faucet.',
  body: Type.Object({ account: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }) }),
  response: {
    200: Type.Object(
      {
        account: Type.String(),
        isNew: Type.Boolean({ description: 'false: it had its start before, or has enough' }),
        coinsWei: Type.String(),
        tokensWei: Type.String(),
      },
      { description: 'what was given' },
    ),
    ...ERRORS,
  },
};

/** GET /v1/faucet. */
export const GET_FAUCET = {
  operationId: 'getFaucet',
  summary: 'What the faucet has left',
  response: {
    200: Type.Object(
      {
        account: Type.String({ description: "the faucet's own, which needs coins" }),
        coinsLeftWei: Type.String(),
        isEmpty: Type.Boolean(),
        coinsPerStartWei: Type.String(),
        tokensPerStartWei: Type.String(),
      },
      { description: 'what is left' },
    ),
    ...ERRORS,
  },
};
