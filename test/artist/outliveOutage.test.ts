import assert from 'node:assert/strict';
import { outliveOutage } from '../../artist/outliveOutage.js';
import { ChainUnreachableError } from '../../adapters/chain/chainErrors.js';
import { BadInputError, NotRetrievableError } from '../../protocol/errors.js';

describe('an outage', () => {
  const away = () =>
    new ChainUnreachableError({ rpcUrl: 'http://127.0.0.1:1', method: 'eth_chainId', reason: 'refused' });
  const signal = new AbortController().signal;

  it('is outlived, and told once with its end', async function () {
    this.timeout(20_000);
    const events: string[] = [];
    let tries = 0;
    const result = await outliveOutage({
      attempt: async () => {
        if (++tries < 4) throw away();
        return 'there';
      },
      onEvent: ({ kind, of }) => void events.push(`${kind} ${of}`),
      signal,
    });
    assert.deepEqual([result, tries, events], ['there', 4, ['outage chain', 'recovered chain']]);
  });

  it('that is none is thrown at once', async () => {
    let tries = 0;
    await assert.rejects(
      outliveOutage({
        attempt: async () => {
          tries++;
          throw new BadInputError({ message: 'no such thing' });
        },
        onEvent: () => assert.fail('told'),
        signal,
      }),
      /no such thing/,
    );
    assert.equal(tries, 1);
  });

  it('ends with its last error when patience is over, and with the reason of who waits no longer', async () => {
    const attempt = async (): Promise<never> => {
      throw new NotRetrievableError({ cid: 'x', reason: 'nobody has it' });
    };
    await assert.rejects(outliveOutage({ attempt, onEvent: () => {}, signal, patienceMs: 700 }), /nobody has it/);
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('enough')), 100);
    await assert.rejects(outliveOutage({ attempt, onEvent: () => {}, signal: stopping.signal }), /enough/);
  });
});
