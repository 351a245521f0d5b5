import {
  ChainUnreachableError,
  ContractRevertedError,
  NotMinedError,
  RpcError,
  WrongChainError,
} from '../../adapters/chain/chainErrors.js';
import { RealMoneyError } from '../../adapters/chain/refuseRealMoney.js';
import { ClockOffError, NodeBehindError } from '../../adapters/chain/checkNetwork.js';
import { NoGasError, NonceTakenError } from '../../adapters/chain/createSender.js';
import { DatabaseGoneError } from '../../adapters/database/connectDatabase.js';
import { CoordinatorUnreachableError } from '../../adapters/http/callCoordinator.js';
import { FaucetUnreachableError } from '../../adapters/http/askFaucet.js';
import { HttpAnswerError, NotFoundError } from '../../adapters/http/httpError.js';
import { ContentMismatchError, IpfsEndpointError } from '../../adapters/ipfs/fetchVerified.js';
import { OversizedBlockError } from '../../adapters/ipfs/readBlock.js';
import { FileTooLargeError } from '../../adapters/ipfs/readVerifiedFile.js';
import { StorageError } from '../../adapters/ipfs/storageError.js';
import { FolderInUseError } from '../../adapters/lockFolder.js';
import { InterruptedError } from '../../cli/errors/InterruptedError.js';
import { WrongOutputError } from '../../artist/fetchTile.js';
import { NetworkReplacedError } from '../../artist/NetworkReplacedError.js';
import { FramesMissingError } from '../../cli/fetch/FramesMissingError.js';
import { SceneProblemsError } from '../../cli/scene/SceneProblemsError.js';
import { PoorFaucetError } from '../../cli/network/fundParties.js';
import { ChildFailedError } from '../../cli/supervisor/ChildFailedError.js';
import { UploadLimitError } from '../../coordinator/uploads/bookUpload.js';
import { NotSignedError } from '../../adapters/http/verifySigned.js';
import { RefusedHereError } from '../../coordinator/refused/refuseCalls.js';
import { NotReadyError } from '../../coordinator/api/CoordinatorContext.js';
import { OtherNetworkError } from '../../coordinator/store/storedNetwork.js';
import { StoreMovedError } from '../../coordinator/store/writeBlocks.js';
import { FaucetEmptyError, FaucetLimitError } from '../../faucet/createFaucet.js';
import { EngineFailedError } from '../../party/createSteadyEngine.js';
import { StakeLimitError, StakeMissingError } from '../../party/stakeOf.js';
import {
  BadInputError,
  DeadlineError,
  InvariantError,
  MalformedError,
  NotRetrievableError,
  type RushesError,
} from '../../protocol/errors.js';
import { parseAddress, parseBytes32, parseChunkId, parseCid, parseWei } from '../../protocol/ids.js';
import { KernelCompileError } from '../../renderer/compiler/KernelCompileError.js';
import { EngineError } from '../../renderer/cpu/EngineError.js';
import { WriteFailedError } from '../../renderer/image/writeAtomically.js';
import { BadSceneError } from '../../renderer/scene/BadSceneError.js';
import { address, bytes32, jobId, leaseId } from '../support/leaseFixtures.js';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const HASH = bytes32('ab');
const URL = 'http://127.0.0.1:5001';
const errno = (code: string) => Object.assign(new Error(`${code}: it went wrong`), { code });

/** Every class of error with likely facts, and again with what may be absent absent. */
export function sampleErrors(): RushesError[] {
  return [...protocolErrors(), ...parsed(), ...chainErrors(), ...storeErrors(), ...renderErrors(), ...commandErrors()];
}

function protocolErrors(): RushesError[] {
  return [
    new BadInputError({ message: '--samples must be from 1 to 65536, not 0', advice: 'give more samples.' }),
    new InvariantError({ what: 'state of lease 4', expected: 'TAKEN or COMMITTED', actual: 'PAYABLE' }),
    new InvariantError({ what: 'state of lease 4', expected: 'TAKEN', actual: undefined }),
    new DeadlineError({ what: 'starting the IPFS endpoint', deadlineMs: 10_000 }),
    new NotRetrievableError({ cid: CID, reason: 'nobody has it' }),
    new MalformedError({ what: 'the opening', reason: 'it has 12 bytes, not 32' }),
  ];
}

/** What the parsers of ids say to absent and to wrong values. */
function parsed(): RushesError[] {
  const parsers = [parseAddress, parseBytes32, parseCid, parseChunkId, parseWei];
  return parsers.flatMap((parse) =>
    [undefined, null, 'nonsense'].map((value) => {
      try {
        parse(value, `the ${parse.name.slice('parse'.length).toLowerCase()}`);
      } catch (error) {
        return error as RushesError;
      }
      throw new Error(`${parse.name} took ${String(value)}`);
    }),
  );
}

function chainErrors(): RushesError[] {
  return [
    new ContractRevertedError({
      errorName: 'ChunksTaken',
      method: 'takeLease',
      facts: { jobId: HASH, word: 0, overlap: 2n },
      transactionHash: HASH,
    }),
    new ContractRevertedError({ errorName: 'Unknown', method: 'seal', facts: {} }),
    new ChainUnreachableError({ rpcUrl: URL, method: 'eth_call', reason: 'ECONNREFUSED' }),
    new RpcError({ method: 'eth_sendRawTransaction', rpcCode: -32_000, reason: 'nonce too low', data: undefined }),
    new NotMinedError({ method: 'commit', transactionHash: HASH, deadlineMs: 60_000 }),
    new WrongChainError({ rpcUrl: URL, what: 'the chain id', expected: '31337', actual: '1' }),
    new NonceTakenError(),
    new NoGasError({
      account: parseAddress(`0x${'ab'.repeat(20)}`),
      reason: 'insufficient funds for gas * price + value',
    }),
    new PoorFaucetError({
      account: parseAddress(`0x${'ab'.repeat(20)}`),
      parties: 4,
      heldWei: 10n ** 15n,
      wantedWei: 4n * 10n ** 15n,
    }),
    new RealMoneyError(`0x${'ab'.repeat(20)}`),
  ];
}

function storeErrors(): RushesError[] {
  return [
    new DatabaseGoneError(new Error('terminating connection due to administrator command')),
    new CoordinatorUnreachableError({ url: URL, cause: new Error('fetch failed', { cause: errno('ECONNREFUSED') }) }),
    new CoordinatorUnreachableError({ url: URL, cause: new Error('fetch failed') }),
    new NotFoundError({ what: 'job 0xabcd', facts: { jobId: '0xabcd' } }),
    new HttpAnswerError({ url: URL, status: 502, body: undefined }),
    new HttpAnswerError({
      url: URL,
      status: 503,
      body: { error: { code: 'not-ready', message: 'the coordinator is not ready', facts: {} } },
    }),
    new UploadLimitError({ account: address('01'), whose: 'an account', mostBytes: 2 ** 31, advice: 'Wait an hour.' }),
    new NotSignedError({ reason: 'it has no Authorization header', advice: 'Sign it.' }),
    new RefusedHereError('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'),
    new NotReadyError('it is still reading the chain'),
    new OtherNetworkError({
      database: 'rushes',
      held: { id: `31337/0x${'ab'.repeat(20)}`, name: 'local' },
      asked: { id: `11155111/0x${'cd'.repeat(20)}`, name: 'film' },
    }),
    new OtherNetworkError({
      database: 'rushes',
      held: { id: `31337/0x${'ab'.repeat(20)}`, name: '' },
      asked: { id: `31337/0x${'cd'.repeat(20)}`, name: 'local' },
    }),
    new StoreMovedError({ expected: 17, actual: 12 }),
    new StoreMovedError({ expected: 17, actual: undefined }),
    new ContentMismatchError({ cid: CID, endpoint: URL, digest: HASH, byteLength: 17 }),
    new IpfsEndpointError({ endpoint: URL, doing: 'block/get', cause: new Error('fetch failed') }),
    new IpfsEndpointError({ endpoint: URL, doing: 'block/put', cause: new Error('no space left on device') }),
    new IpfsEndpointError({ endpoint: URL, doing: 'pin/add', cause: undefined }),
    new OversizedBlockError({ cid: CID, endpoint: URL, maxBytes: 2_097_152 }),
    new FileTooLargeError({ cid: CID, byteLength: 4_000_000_000, maxBytes: 1_073_741_824 }),
    StorageError.from(errno('ENOSPC'), 'writing a block'),
    StorageError.from(errno('EIO'), 'reading a block'),
    new FolderInUseError({ folder: '/var/lib/rushes', pid: 4711, what: 'the local chain' }),
  ];
}

function renderErrors(): RushesError[] {
  return [
    new EngineFailedError({ cause: new Error('a thread ended') }),
    new EngineError({ what: 'the kernel needs a picture of at least 1 x 1 pixels' }),
    new KernelCompileError({
      construct: 'a loop without an end',
      place: { file: 'trace.wgsl', line: 17, column: 3, text: '  loop {' },
    }),
    new KernelCompileError({ construct: 'it has no entry point', place: undefined }),
    new WriteFailedError({ path: 'out/frame_0001.png', byteLength: 9, cause: errno('ENOSPC') }),
    new WriteFailedError({ path: 'out/frame_0001.png', byteLength: 9, cause: errno('EIO') }),
    new BadSceneError({ file: 'chair.glb', where: 'mesh 3', what: 'its indices name vertex 12 of 10' }),
    new BadSceneError({ file: 'chair.glb', what: 'it is no glTF' }),
  ];
}

function commandErrors(): RushesError[] {
  return [
    new StakeLimitError({ role: 'worker', leastWei: 100n * 10n ** 18n, maxStakeWei: 10n ** 18n }),
    ...[true, false].map(
      (isAtWork) =>
        new StakeMissingError({
          role: 'verifier',
          account: parseAddress(`0x${'ab'.repeat(20)}`),
          balanceWei: 99n * 10n ** 18n,
          stakeWei: 100n * 10n ** 18n,
          isAtWork,
        }),
    ),
    new ClockOffError({ aheadMs: 421_000, than: "the network's" }),
    new ClockOffError({ aheadMs: -421_000, than: "the chain's" }),
    new NodeBehindError({ rpcUrl: URL, how: 'its newest block is 12 minutes old' }),
    new FaucetLimitError({ most: 10, who: '203.0.113.7', waitSeconds: 12_345 }),
    new FaucetEmptyError({ account: parseAddress(`0x${'12'.repeat(20)}`), coinsLeftWei: 5n }),
    new FaucetUnreachableError({ url: `${URL}/v1/faucet`, cause: errno('ECONNREFUSED') }),
    new InterruptedError('SIGINT'),
    new InterruptedError('parent'),
    new ChildFailedError({ name: 'worker 1', what: 'ended with exit code 1', logFile: 'logs/worker1.log' }),
    new WrongOutputError({ chunkIndex: 7, leaseId: leaseId(3), expected: HASH, actual: HASH }),
    new NetworkReplacedError({
      rpcUrl: 'http://127.0.0.1:8545',
      what: 'its id',
      expected: '31337',
      actual: '1337',
    }),
    new SceneProblemsError({
      scene: 'chair.glb',
      missing: [{ severity: 'major', name: 'wood.png', where: 'images[0]', consequence: 'a texture is white' }],
      unsupported: [{ severity: 'minor', name: 'KHR_materials_sheen', where: 'materials[2]', consequence: 'no sheen' }],
    }),
    ...framesMissing(),
  ];
}

/** Of a job of three chunks, one of them paid. */
function framesMissing(): RushesError[] {
  const job = {
    jobId: jobId('0a'),
    chunkCount: 3,
    chunkStates: Uint8Array.of(3, 0, 0),
    closed: false,
    deadlineSeconds: 100,
  };
  const unpaid = [4, 5, 6, 9].map((number) => ({ number, why: 'unpaid' as const, chunksPaid: 0, chunkCount: 1 }));
  const error = new NotRetrievableError({ cid: 'bafkrei', reason: 'nobody provides it' });
  const gone = { number: 7, why: 'unavailable' as const, error };
  return [
    new FramesMissingError({ job, absent: unpaid, nowSeconds: 50, written: 20 }),
    new FramesMissingError({ job: { ...job, closed: true }, absent: unpaid.slice(0, 1), nowSeconds: 50, written: 0 }),
    new FramesMissingError({ job, absent: unpaid.slice(2), nowSeconds: 101, written: 1 }),
    new FramesMissingError({ job, absent: [...unpaid, gone], nowSeconds: 50, written: 2 }),
  ];
}
