import assert from 'node:assert/strict';
import { CID } from 'multiformats/cid';
import { isRefused, parseRefusedList } from '../../coordinator/refused/parseRefusedList.js';
import { BadInputError } from '../../protocol/errors.js';

const DIRECTORY = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi';
const ACCOUNT = `0x${'aB'.repeat(20)}`;

describe('the list of what an operator refuses', () => {
  it('has a CID or an account a line, and remarks', () => {
    const list = parseRefusedList(
      `# since May\r\n\n${DIRECTORY} # a scene\n  ipfs://${DIRECTORY}\n${ACCOUNT}`,
      'list.txt',
    );
    assert.deepEqual([...list.accounts], [ACCOUNT.toLowerCase()]);
    assert.deepEqual([...list.cids], [DIRECTORY]);
  });

  it('refuses content by its digest, whatever version and codec it is asked for by', () => {
    const list = parseRefusedList(DIRECTORY, 'list.txt');
    const cid = CID.parse(DIRECTORY);
    for (const same of [cid, cid.toV0(), CID.createV1(0x55, cid.multihash)]) assert.ok(isRefused(list, same));
    assert.ok(!isRefused(list, CID.parse('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')));
  });

  it('says which line is neither', () => {
    for (const line of ['hello', '0x12', 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3ef', `${ACCOUNT} ${ACCOUNT}`])
      assert.throws(
        () => parseRefusedList(`# one\n${ACCOUNT}\n${line}\n`, 'list.txt'),
        (error: unknown) =>
          error instanceof BadInputError &&
          /^line 3 of list\.txt is neither a CID nor an account: /.test(error.message),
        line,
      );
  });
});
