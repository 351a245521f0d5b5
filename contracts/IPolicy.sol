// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The numbers a job is run by. Durations are in seconds unless the name says blocks, shares in basis points.
/// @param drawDelayBlocks blocks between a commitment and the block whose header decides its draw, 1 to 64
/// @param shift a chunk is drawn with probability 2^-shift, 0 to 16
/// @param verifierCount seals and reveals a ruling needs, 2 to 5
/// @param maxChunksPerLease chunks one lease may hold, 1 to 256
/// @param maxUnitsPerLease work units one lease may hold
/// @param leaseSeconds time to commit that every lease has
/// @param secondsPerUnit time to commit that each work unit adds
/// @param sealSeconds time the verifiers have to seal, from the commitment, and again from a redraft
/// @param sealSecondsPerUnit time to seal that each work unit adds
/// @param openSeconds time the worker has to open, and to answer a demanded opening
/// @param revealSeconds time the verifiers have to reveal, from the opening
/// @param challengeSeconds time between a ruling and its pay; 0 until there is a court
/// @param unbondingSeconds time between beginUnbonding and withdrawStake
/// @param feeBps a verifier's fee, as a share of the lease's pay
/// @param redraftFeeBps a verifier's fee in a redrafted lease, as a share of the lease's pay, at least feeBps
/// @param bondBps what an expired lease costs its worker, as a share of the lease's pay
/// @param slashBps what a conviction costs a worker, as a share of its stake
/// @param silentBps what sealing without revealing costs a verifier, as a share of its stake
/// @param compensationBps the most a conviction pays the artist beside the verifiers' fees, as a share of the lease's
/// pay
/// @param stakeRewards a worker's stake is at least max(stakeRewards, chunks) times the lease's mean pay per chunk
/// @param minWorkerStakeWei the least stake a worker takes a lease with
/// @param minVerifierStakeWei the least stake a verifier is drawn with
struct PolicyValues {
    uint8 drawDelayBlocks;
    uint8 shift;
    uint8 verifierCount;
    uint16 maxChunksPerLease;
    uint32 maxUnitsPerLease;
    uint32 leaseSeconds;
    uint16 secondsPerUnit;
    uint32 sealSeconds;
    uint16 sealSecondsPerUnit;
    uint32 openSeconds;
    uint32 revealSeconds;
    uint32 challengeSeconds;
    uint32 unbondingSeconds;
    uint16 feeBps;
    uint16 redraftFeeBps;
    uint16 bondBps;
    uint16 slashBps;
    uint16 silentBps;
    uint16 compensationBps;
    uint16 stakeRewards;
    uint96 minWorkerStakeWei;
    uint96 minVerifierStakeWei;
}

/// @notice An object on chain that states the numbers of a policy. Rushes reads it once, when a job first names it.
interface IPolicy {
    /// @notice The numbers of this policy, the same at every call.
    function values() external view returns (PolicyValues memory);
}
