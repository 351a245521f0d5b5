// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicy, PolicyValues} from "./IPolicy.sol";
import {IRushes} from "./IRushes.sol";
import {Pricing} from "./Pricing.sol";

/// @title PolicyRules
/// @notice The range of policies in which every state of a lease has an exit that its party has time to take.
/// @dev The times are the same as protocol/leaseTimes.ts, tied by test/vectors/leaseTimes.json.
/// `adopt` is linked, not inlined: it runs once per policy, and the contract's size is limited.
library PolicyRules {
    /// @notice The shortest time anyone is given to act, in seconds.
    uint256 internal constant LEAST_SECONDS = 5;

    /// @notice Reads a policy's numbers into `policies`, for good. Reverts unless they are in range.
    /// @param stakePolicy the contract's own policy, adopted before (or now)
    /// @param unbondingSeconds how long stakes of this contract stay liable
    function adopt(
        mapping(address policy => PolicyValues) storage policies,
        address policy,
        address stakePolicy,
        uint256 unbondingSeconds
    ) public {
        policies[policy] = IPolicy(policy).values();
        PolicyValues storage p = policies[policy];
        // Anyone writes policies, and verifiers are drawn without being asked: none may be harsher to them than the one
        // they staked under.
        PolicyValues storage own = policies[stakePolicy];
        _require(p.sealSeconds >= own.sealSeconds, policy, "sealSeconds");
        _require(p.openSeconds >= own.openSeconds, policy, "openSeconds");
        _require(p.revealSeconds >= own.revealSeconds, policy, "revealSeconds");
        _require(p.silentBps <= own.silentBps, policy, "silentBps");
        _require(p.drawDelayBlocks >= 1 && p.drawDelayBlocks <= 64, policy, "drawDelayBlocks");
        _require(p.shift <= 16, policy, "shift");
        _require(p.verifierCount >= 2 && p.verifierCount <= 5, policy, "verifierCount");
        _require(p.maxChunksPerLease >= 1 && p.maxChunksPerLease <= 256, policy, "maxChunksPerLease");
        _require(p.maxUnitsPerLease >= 1, policy, "maxUnitsPerLease");
        _require(p.leaseSeconds >= LEAST_SECONDS, policy, "leaseSeconds");
        _require(p.sealSeconds >= LEAST_SECONDS, policy, "sealSeconds");
        _require(p.openSeconds >= LEAST_SECONDS, policy, "openSeconds");
        _require(p.revealSeconds >= LEAST_SECONDS, policy, "revealSeconds");
        // Without a court a ruling is the end: a policy that announces a window must not be believed.
        _require(p.challengeSeconds == 0, policy, "challengeSeconds");
        _require(longestPathSeconds(p, p.maxUnitsPerLease) <= unbondingSeconds, policy, "maxUnitsPerLease");
        _require(p.feeBps <= Pricing.BPS, policy, "feeBps");
        _require(p.redraftFeeBps >= p.feeBps && p.redraftFeeBps <= Pricing.BPS, policy, "redraftFeeBps");
        _require(p.bondBps <= Pricing.BPS, policy, "bondBps");
        _require(p.slashBps <= Pricing.BPS, policy, "slashBps");
        _require(p.silentBps <= Pricing.BPS, policy, "silentBps");
        _require(p.compensationBps <= Pricing.BPS, policy, "compensationBps");
        _require(p.minWorkerStakeWei > 0, policy, "minWorkerStakeWei");
        _require(p.minVerifierStakeWei > 0, policy, "minVerifierStakeWei");
        emit IRushes.PolicyAdopted(policy, p);
    }

    /// @notice Seconds from taking a lease of `units` to its end, at most: a redraft, and every verifier demanding an
    /// opening at the last moment.
    function longestPathSeconds(PolicyValues storage p, uint256 units) internal view returns (uint256) {
        uint256 opening = uint256(p.openSeconds) + p.revealSeconds;
        return leaseWindowSeconds(p, units) + 2 * sealWindowSeconds(p, units) + opening * (1 + uint256(p.verifierCount));
    }

    /// @notice Seconds the worker has to commit a lease of `units`.
    function leaseWindowSeconds(PolicyValues storage p, uint256 units) internal view returns (uint256) {
        return p.leaseSeconds + uint256(p.secondsPerUnit) * units;
    }

    /// @notice Seconds the verifiers have to seal a lease of `units`.
    function sealWindowSeconds(PolicyValues storage p, uint256 units) internal view returns (uint256) {
        return p.sealSeconds + uint256(p.sealSecondsPerUnit) * units;
    }

    function _require(bool holds, address policy, string memory field) private pure {
        if (!holds) revert IRushes.PolicyRefused(policy, field);
    }
}
