// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PolicyValues} from "./IPolicy.sol";

/// @notice What an account is registered as.
enum Role {
    None,
    Worker,
    Verifier
}

/// @notice States of a lease. Taken to Opened are open: they have a deadline, after which anyone may call `expire`.
/// Payable, Void, Convicted and Expired are final. Contested is reserved for the court.
enum LeaseState {
    None,
    Taken,
    Committed,
    Sealed,
    Opened,
    Payable,
    Void,
    Convicted,
    Expired,
    Contested
}

/// @notice What a verifier found.
enum Verdict {
    None,
    Pass,
    Void,
    Convict
}

/// @notice Why a lease was voided. Only Verdicts and Silent (with an adverse reveal) bar the worker from the chunks.
enum VoidReason {
    None,
    NoShow,
    Silent,
    Verdicts,
    WorkerConvicted
}

/// @notice An artist's order, as `createJob` takes it.
/// @param nonce chosen by the artist, distinguishes equal orders
/// @param manifestDigest SHA-256 of the manifest
/// @param termsDigest SHA-256 of the terms
/// @param policy address of the IPolicy the job is run by
/// @param chunkCount chunks in the job, 1 to 2^24
/// @param weightsRoot Merkle root of the chunks' weights, 256 chunks to a leaf
/// @param pricePerUnitWei price of one work unit, in the token's smallest unit
/// @param deadline unix seconds by which every lease of the job has ended
/// @param budgetWei what is paid in at once; more can follow with `fundJob`
struct JobRequest {
    bytes32 nonce;
    bytes32 manifestDigest;
    bytes32 termsDigest;
    address policy;
    uint32 chunkCount;
    bytes32 weightsRoot;
    uint128 pricePerUnitWei;
    uint64 deadline;
    uint128 budgetWei;
}

/// @notice A job as the contract keeps it.
/// @param unreservedWei the artist's money that no lease has reserved
/// @param paidChunks chunks whose lease became payable
struct Job {
    address artist;
    uint64 deadline;
    bool closed;
    address policy;
    uint32 chunkCount;
    uint32 paidChunks;
    uint128 pricePerUnitWei;
    uint128 unreservedWei;
    bytes32 weightsRoot;
}

/// @notice A lease as the contract keeps it.
/// @param deadline unix seconds, of the present state
/// @param redrafted whether the verifiers' first chance passed
/// @param word the 256 chunks that mask counts: chunk = word * 256 + bit
/// @param payWei the worker's, once payable
/// @param feeWei each verifier's
/// @param convictions the worker's convictions when it took the lease; more since then void the lease
/// @param seed zero until drawn
struct Lease {
    address worker;
    LeaseState state;
    bool redrafted;
    uint8 sealedCount;
    uint8 revealedCount;
    uint32 word;
    bytes32 jobId;
    uint256 mask;
    uint96 payWei;
    uint96 reservedWei;
    uint32 units;
    uint32 convictions;
    uint96 feeWei;
    uint48 deadline;
    uint64 drawBlock;
    uint48 commitBlock;
    bytes32 root;
    bytes32 seed;
}

/// @notice One verifier's part in the audit of a lease.
/// @param answerDeadline unix seconds by which the demanded leaf is due; 0 with none demanded
/// @param answered whether the demanded leaf was answered
struct Audit {
    address verifier;
    Verdict verdict;
    uint48 answerDeadline;
    bool answered;
    uint32 chunkIndex;
    uint32 leafIndex;
    bytes32 sealHash;
}

/// @notice What an account is on Rushes.
/// @param lockedWei stake that open leases may cost
/// @param withdrawableAt unix seconds from which an unbonding stake can be withdrawn; 0 while bonded
struct Account {
    uint96 stakeWei;
    uint96 lockedWei;
    uint32 openLeases;
    uint32 openAudits;
    Role role;
    uint48 withdrawableAt;
    uint32 convictions;
    bytes32 deviceClass;
}

/// @notice The answer to a demanded opening: a leaf of the committed tree of one chunk, with its paths to the lease's
/// root.
/// @param position where the leaf stands in the chunk's tree: the demanded leafIndex, or any leaf when the tree is too
/// small to have that index
/// @param blockIndex block of the leaf in its chunk
/// @param batch batch of the leaf
/// @param salt the leaf's salt
/// @param sums 256 x 4 little-endian float32, 4096 bytes; empty to show that the position is padding
/// @param leafPath sibling hashes from the leaf to the chunk's leaf root
/// @param chunkPath sibling hashes from the chunk's root to the root over the lease's chunks
struct LeafAnswer {
    uint32 position;
    uint32 blockIndex;
    uint32 batch;
    bytes32 salt;
    bytes sums;
    bytes32[] leafPath;
    bytes32 pixelHash;
    bytes32 preparedHash;
    bytes32 kernelHash;
    bytes32[] chunkPath;
}

/// @title Rushes
/// @notice Holds the money of a render network and enforces its verdicts: an artist's budget is paid out, lease by
/// lease, to workers whose committed samples independently drawn verifiers rendered again. Nobody owns it and nothing
/// in it can be changed.
/// @dev Formats (hash domains, trees, draws) are those of the protocol; test vectors are common to both
/// implementations.
interface IRushes {
    // ---------------------------------------------------------------------------------------------- stakes

    /// @notice An account staked and registered. Verifiers are candidates, in the order of these events, from the next
    /// block on.
    event Registered(address indexed account, Role role, bytes32 deviceClass, uint256 stakeWei);
    /// @notice A stake grew.
    event StakeAdded(address indexed account, uint256 amountWei);
    /// @notice An account stopped taking part; its stake stays liable until withdrawn.
    event UnbondingStarted(address indexed account, uint256 withdrawableAt);
    /// @notice A stake left the contract, and the account is no longer registered.
    event StakeWithdrawn(address indexed account, uint256 amountWei);
    /// @notice A stake was cut. What is neither the artist's nor burned does not exist: toArtistWei + burnedWei =
    /// amountWei.
    event Slashed(address indexed account, uint256 amountWei, uint256 toArtistWei, uint256 burnedWei);
    /// @notice Money became withdrawable with `withdraw`.
    event Credited(address indexed account, uint256 amountWei);
    /// @notice Credited money left the contract.
    event Withdrawn(address indexed account, uint256 amountWei);

    /// @notice Stakes tokens (approved before) and registers the caller in one role.
    /// @param role 1 worker, 2 verifier
    /// @param deviceClass right-padded ASCII, such as "wasm"; fixed until the stake is withdrawn
    /// @param stakeWei the stake, at least the minimum of the contract's own policy
    function register(Role role, bytes32 deviceClass, uint256 stakeWei) external;
    /// @notice Adds to the caller's stake. A verifier's weight in draws grows with the next block's commitments.
    function topUpStake(uint256 amountWei) external;
    /// @notice Stops the caller from taking leases or being drawn, and starts the wait for its stake.
    function beginUnbonding() external;
    /// @notice Pays the caller's whole stake out, once the wait is over and none of its leases or audits is open.
    function withdrawStake() external;

    // ------------------------------------------------------------------------------------------------ jobs

    /// @notice A job was ordered.
    event JobCreated(
        bytes32 indexed jobId,
        address indexed artist,
        bytes32 nonce,
        bytes32 manifestDigest,
        bytes32 termsDigest,
        address policy,
        uint32 chunkCount,
        bytes32 weightsRoot,
        uint128 pricePerUnitWei,
        uint64 deadline
    );
    /// @notice Money was paid into a job; it is unreserved.
    event JobFunded(bytes32 indexed jobId, address from, uint256 amountWei);
    /// @notice The artist closed the job: no lease can be taken any more.
    event JobClosed(bytes32 indexed jobId);
    /// @notice Unreserved money went back to the artist.
    event JobWithdrawn(bytes32 indexed jobId, uint256 amountWei);
    /// @notice Every chunk of the job is paid for.
    event JobCompleted(bytes32 indexed jobId);
    /// @notice A policy was read for the first time; these numbers hold for every job that names it.
    event PolicyAdopted(address indexed policy, PolicyValues values);

    /// @notice Orders a job and pays its budget in (tokens approved before).
    /// @return jobId SHA-256 of chain id, this contract, caller, nonce, manifest digest and terms digest
    function createJob(JobRequest calldata request) external returns (bytes32 jobId);
    /// @notice Pays more into a job. Anyone may.
    function fundJob(bytes32 jobId, uint128 amountWei) external;
    /// @notice Ends the taking of leases and pays the unreserved money back to the artist. Open leases run on to their
    /// end.
    function closeJob(bytes32 jobId) external;
    /// @notice Pays unreserved money back to the artist.
    function withdrawUnreserved(bytes32 jobId, uint128 amountWei) external;

    // ---------------------------------------------------------------------------------------------- leases

    /// @notice A worker took chunks. `reservedWei` left the job's unreserved money: pay, and the fees at their highest.
    event LeaseTaken(
        uint64 indexed leaseId,
        bytes32 indexed jobId,
        address indexed worker,
        uint32 word,
        uint256 mask,
        uint256 payWei,
        uint256 feeWei,
        uint256 deadline,
        uint256 reservedWei
    );
    /// @notice The worker committed to its output. The header of `drawBlock` decides the draw.
    event LeaseCommitted(
        uint64 indexed leaseId, bytes32 root, bytes32 outputsDigest, uint256 drawBlock, uint256 sealDeadline
    );
    /// @notice The draw is known. Fewer verifiers than the policy's count (few candidates, or a redraft) leave places
    /// any verifier may fill.
    event LeaseDrawn(uint64 indexed leaseId, bytes32 seed, uint256 drawnMask, address[] verifiers);
    /// @notice A verifier committed to the values it rendered.
    event LeaseSealed(uint64 indexed leaseId, address indexed verifier, bytes32 sealHash);
    /// @notice Every seal is in; the worker has to open.
    event LeaseSealsComplete(uint64 indexed leaseId, uint256 openDeadline);
    /// @notice Verifiers did not show: any registered verifier may seal now, for `feeWei` each. `drawBlock` changed
    /// only if the draw was unknown and the first block too old to prove.
    event LeaseRedrafted(uint64 indexed leaseId, uint256 sealDeadline, uint256 feeWei, uint256 drawBlock);
    /// @notice The worker published its opening.
    event LeaseOpened(uint64 indexed leaseId, bytes32 openingDigest, uint256 revealDeadline);
    /// @notice A verifier wants one leaf shown on chain. The time to reveal grew to `revealDeadline`.
    event OpeningDemanded(
        uint64 indexed leaseId,
        address indexed verifier,
        uint32 chunkIndex,
        uint32 leafIndex,
        uint256 answerDeadline,
        uint256 revealDeadline
    );
    /// @notice A demanded leaf stands in the transaction's call data; `present` is false where the committed tree has
    /// no such leaf.
    event OpeningAnswered(
        uint64 indexed leaseId, address indexed verifier, uint32 chunkIndex, uint32 leafIndex, bool present
    );
    /// @notice A verifier revealed its values and its verdict.
    event LeaseRevealed(
        uint64 indexed leaseId, address indexed verifier, Verdict verdict, bytes32 findingDigest, bytes32 valuesHash
    );
    /// @notice The lease passed (or nothing of it was drawn) and its worker was credited.
    event LeasePayable(uint64 indexed leaseId, uint256 payWei);
    /// @notice The lease ended without pay or blame; its chunks are free again.
    event LeaseVoided(uint64 indexed leaseId, VoidReason reason);
    /// @notice The worker was convicted; its chunks are free again and all its open leases are void.
    event LeaseConvicted(uint64 indexed leaseId, uint256 slashedWei);
    /// @notice The worker did not commit in time; its chunks are free again.
    event LeaseExpired(uint64 indexed leaseId, uint256 slashedWei);
    /// @notice What an ended lease did not spend is unreserved money of its job again.
    event LeaseReleased(uint64 indexed leaseId, bytes32 indexed jobId, uint256 amountWei);

    /// @notice Takes chunks of one word of a job for the caller, and reserves their pay and fees.
    /// @param word which 256 chunks
    /// @param mask which of them; all free, none barred for the caller
    /// @param weightsWord the 256 weights of the word, big-endian uint16, 512 bytes
    /// @param weightsProof sibling hashes from the word's leaf to the job's weights root
    function takeLease(
        bytes32 jobId,
        uint32 word,
        uint256 mask,
        bytes calldata weightsWord,
        bytes32[] calldata weightsProof
    ) external returns (uint64 leaseId);
    /// @notice Commits the caller's lease to a root, and to the file that lists its outputs.
    function commit(uint64 leaseId, bytes32 root, bytes32 outputsDigest) external;
    /// @notice Seals the caller's values. The first seal of a lease brings the RLP header of the draw block, later ones
    /// an empty header.
    function seal(uint64 leaseId, bytes calldata header, bytes32 sealHash) external;
    /// @notice Makes a committed lease payable when the header shows that none of its chunks was drawn. Anyone may.
    function settleUndrawn(uint64 leaseId, bytes calldata header) external;
    /// @notice Publishes the digest of the opening. Worker only, once all seals are in.
    function open(uint64 leaseId, bytes32 openingDigest) external;
    /// @notice Reveals the caller's sealed values and its verdict. The last reveal rules.
    /// @param findingDigest SHA-256 of the finding
    /// @param valuesHash hash of the values, as sealed
    /// @param secret as sealed
    function reveal(uint64 leaseId, Verdict verdict, bytes32 findingDigest, bytes32 valuesHash, bytes32 secret) external;
    /// @notice Asks for one leaf of a drawn chunk on chain. Each verifier of the lease may, once, before it reveals.
    function demandOpening(uint64 leaseId, uint32 chunkIndex, uint32 leafIndex) external;
    /// @notice Answers a verifier's demand. Anyone who has the leaf may.
    function answerOpening(uint64 leaseId, address verifier, LeafAnswer calldata answer) external;
    /// @notice Ends the present state of a lease once its deadline is over. Anyone may.
    /// @dev Taken: expired, bond burned. Committed: redrafted, the second time void. Sealed: convicted, not opened.
    /// Opened: convicted if a demanded leaf is overdue, else void, and verifiers who did not reveal are slashed.
    function expire(uint64 leaseId) external;
    /// @notice Voids an open lease whose worker was convicted since it took it. Anyone may.
    function voidConvicted(uint64 leaseId) external;
    /// @notice Pays out what the caller was credited.
    function withdraw() external;

    // ----------------------------------------------------------------------------------------------- views

    /// @notice The money of this contract.
    function token() external view returns (address);
    /// @notice The policy that governs registration and unbonding for every role.
    function stakePolicy() external view returns (address);
    /// @notice A job; all zero if unknown.
    function getJob(bytes32 jobId) external view returns (Job memory);
    /// @notice A lease; all zero if unknown.
    function getLease(uint64 leaseId) external view returns (Lease memory);
    /// @notice The audits of a lease, in the order of the draw, then of sealing.
    function getAudits(uint64 leaseId) external view returns (Audit[] memory);
    /// @notice An account; all zero if it never registered.
    function getAccount(address account) external view returns (Account memory);
    /// @notice The verifiers that hold a place in the draw's walk, in order of registration, unbonding ones included.
    function getVerifiers() external view returns (address[] memory);
    /// @notice Chunks of a word that are leased or paid.
    function takenMask(bytes32 jobId, uint32 word) external view returns (uint256);
    /// @notice Chunks of a word a worker may not take again.
    function barredMask(bytes32 jobId, uint32 word, address worker) external view returns (uint256);
    /// @notice What `withdraw` would pay an account.
    function owedWei(address account) external view returns (uint256);
    /// @notice The id of the lease last taken; ids count from 1.
    function lastLeaseId() external view returns (uint64);
    /// @notice Whether `seal` by this verifier would find a place, as things stand.
    function maySeal(uint64 leaseId, address verifier) external view returns (bool);

    // ---------------------------------------------------------------------------------------------- errors

    /// @notice An amount or a digest is zero where it must not be.
    error ZeroValue();
    /// @notice The role is neither worker nor verifier.
    error RoleUnknown(Role role);
    /// @notice The account already has a role; it is freed by withdrawStake.
    error AlreadyRegistered(address account, Role role);
    /// @notice The account does not have the role the call needs, or is unbonding.
    error NotActive(address account, Role needed);
    /// @notice The stake is too small for what was asked.
    error StakeTooLow(address account, uint256 stakeWei, uint256 neededWei);
    /// @notice The account is not unbonding.
    error NotUnbonding(address account);
    /// @notice The stake is not withdrawable yet.
    error StakeStillBonded(address account, uint256 withdrawableAt, uint32 openLeases, uint32 openAudits);
    /// @notice Every verifier's place is held by a stake at least this large.
    error VerifierPlacesTaken(uint256 limit, uint256 leastStakeWei);
    /// @notice The contract holds nothing for this account.
    error NothingOwed(address account);

    /// @notice The artist ordered the same job before.
    error JobExists(bytes32 jobId);
    /// @notice There is no such job.
    error JobUnknown(bytes32 jobId);
    /// @notice The job is closed or complete.
    error JobNotOpen(bytes32 jobId);
    /// @notice Only the artist may do this.
    error NotArtist(bytes32 jobId, address caller);
    /// @notice The chunk count is zero or above the limit.
    error ChunkCountOutOfRange(uint256 chunkCount, uint256 limit);
    /// @notice The job's deadline has passed.
    error DeadlineInPast(uint256 deadline, uint256 nowSeconds);
    /// @notice The job has less unreserved money than this needs.
    error UnreservedTooLow(bytes32 jobId, uint256 unreservedWei, uint256 neededWei);
    /// @notice A number of the policy is out of the range in which everyone's exits work. `field` is its name.
    error PolicyRefused(address policy, string field);

    /// @notice The mask names no chunk, or chunks beyond the job's last.
    error ChunksOutOfRange(bytes32 jobId, uint32 word, uint256 mask);
    /// @notice Some of the chunks are leased or paid.
    error ChunksTaken(bytes32 jobId, uint32 word, uint256 overlap);
    /// @notice A void bars this worker from some of the chunks.
    error ChunksBarred(bytes32 jobId, uint32 word, uint256 overlap);
    /// @notice The lease would be larger than the policy allows.
    error LeaseTooLarge(uint256 chunks, uint256 maxChunks, uint256 units, uint256 maxUnits);
    /// @notice The weights do not belong to the job's weights root.
    error WeightsMismatch(bytes32 jobId, uint32 word);
    /// @notice A lease taken now might end after the job's deadline.
    error TooLateForJob(bytes32 jobId, uint256 endsBy, uint256 deadline);
    /// @notice There is no such lease.
    error LeaseUnknown(uint64 leaseId);
    /// @notice The lease is in another state than the call needs.
    error WrongState(uint64 leaseId, LeaseState state);
    /// @notice Only the lease's worker may do this.
    error NotWorker(uint64 leaseId, address caller);
    /// @notice The deadline of the state has passed.
    error DeadlineOver(uint64 leaseId, uint256 deadline, uint256 nowSeconds);
    /// @notice The deadline of the state has not passed.
    error DeadlineNotOver(uint64 leaseId, uint256 deadline, uint256 nowSeconds);
    /// @notice The worker was convicted since it took this lease: `voidConvicted` ends it.
    error WorkerConvicted(uint64 leaseId, address worker);
    /// @notice The worker was not convicted since it took this lease.
    error WorkerNotConvicted(uint64 leaseId, address worker);

    /// @notice The draw block is not in the chain's past yet.
    error DrawBlockNotMined(uint64 leaseId, uint256 drawBlock, uint256 currentBlock);
    /// @notice The chain no longer (or not) knows the hash of the block.
    error BlockHashUnavailable(uint256 blockNumber);
    /// @notice The header is not that of the draw block.
    error HeaderMismatch(uint256 blockNumber, bytes32 expectedHash, bytes32 headerHash);
    /// @notice No chunk was drawn: `settleUndrawn` ends the lease.
    error NothingDrawn(uint64 leaseId);
    /// @notice Chunks were drawn: the lease needs an audit.
    error SomethingDrawn(uint64 leaseId, uint256 drawnMask);
    /// @notice The caller was not drawn for this lease, and no place is open to it.
    error NotDrawn(uint64 leaseId, address verifier);
    /// @notice The verifier sealed before.
    error AlreadySealed(uint64 leaseId, address verifier);
    /// @notice The caller holds no seal on this lease.
    error NotSealed(uint64 leaseId, address verifier);
    /// @notice The verifier revealed before.
    error AlreadyRevealed(uint64 leaseId, address verifier);
    /// @notice The revealed values are not what was sealed.
    error SealMismatch(uint64 leaseId, address verifier, bytes32 sealHash);
    /// @notice The verdict is none of pass, void and convict.
    error VerdictUnknown(Verdict verdict);
    /// @notice The verifier demanded a leaf before, and may not again.
    error AlreadyDemanded(uint64 leaseId, address verifier);
    /// @notice The verifier demanded a leaf that is not answered yet.
    error DemandPending(uint64 leaseId, address verifier, uint256 answerDeadline);
    /// @notice No unanswered demand of this verifier is open.
    error NoDemand(uint64 leaseId, address verifier);
    /// @notice The chunk is not among the drawn.
    error ChunkNotDrawn(uint64 leaseId, uint32 chunkIndex);
    /// @notice The leaf or its paths do not lead to the committed root, or do not answer the demand.
    error OpeningMismatch(uint64 leaseId, uint32 chunkIndex, uint32 leafIndex);
}
