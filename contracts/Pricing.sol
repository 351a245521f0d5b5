// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PolicyValues} from "./IPolicy.sol";

/// @title Pricing
/// @notice What a lease pays, costs, locks and can lose.
/// @dev The same functions as protocol/pricing.ts, wei by wei: every division rounds down where it stands. Tied by
/// test/vectors/leasePrices.json, neededStakes.json, cuts.json and leaseMoney.json.
library Pricing {
    uint256 internal constant BPS = 10_000;

    /// @notice Pay of a lease of `units`.
    function payWei(uint256 units, uint256 pricePerUnitWei) internal pure returns (uint256) {
        return units * pricePerUnitWei;
    }

    /// @notice Each verifier's fee at the first draw.
    function feeWei(PolicyValues storage p, uint256 pay) internal view returns (uint256) {
        return _share(pay, p.feeBps);
    }

    /// @notice Each verifier's fee after a redraft.
    function redraftFeeWei(PolicyValues storage p, uint256 pay) internal view returns (uint256) {
        return _share(pay, p.redraftFeeBps);
    }

    /// @notice What a lease takes out of its job's unreserved money: pay, and every verifier's fee at its highest.
    function reserveWei(PolicyValues storage p, uint256 pay) internal view returns (uint256) {
        return pay + redraftFeeWei(p, pay) * p.verifierCount;
    }

    /// @notice What the worker loses if it does not commit in time, locked in its stake until the lease ends.
    function bondWei(PolicyValues storage p, uint256 pay) internal view returns (uint256) {
        return _share(pay, p.bondBps);
    }

    /// @notice Stake a worker must have to take a lease of `chunks`.
    /// @param lockedWei bonds of the worker's other open leases
    function neededStakeWei(PolicyValues storage p, uint256 pay, uint256 chunks, uint256 lockedWei)
        internal
        view
        returns (uint256 neededWei)
    {
        uint256 rewards = chunks > p.stakeRewards ? chunks : p.stakeRewards;
        neededWei = pay * rewards / chunks;
        if (neededWei < p.minWorkerStakeWei) neededWei = p.minWorkerStakeWei;
        uint256 bondsWei = lockedWei + bondWei(p, pay);
        if (neededWei < bondsWei) neededWei = bondsWei;
    }

    /// @notice What a conviction cuts off a worker's stake.
    function convictionCutWei(PolicyValues storage p, uint256 stakeWei) internal view returns (uint256) {
        return _share(stakeWei, p.slashBps);
    }

    /// @notice The most of a conviction's cut that the artist gets: the fees it paid, and its compensation.
    function artistShareWei(PolicyValues storage p, uint256 pay, uint256 feesWei) internal view returns (uint256) {
        return feesWei + _share(pay, p.compensationBps);
    }

    /// @notice What sealing without revealing cuts off a verifier's stake.
    function silentCutWei(PolicyValues storage p, uint256 stakeWei) internal view returns (uint256) {
        return _share(stakeWei, p.silentBps);
    }

    /// @notice How a cut is taken and divided: no more than the stake, the artist first, the rest is burned.
    function divideCut(uint256 stakeWei, uint256 wantedWei, uint256 artistWei)
        internal
        pure
        returns (uint256 cutWei, uint256 toArtistWei, uint256 burnedWei)
    {
        cutWei = wantedWei < stakeWei ? wantedWei : stakeWei;
        toArtistWei = artistWei < cutWei ? artistWei : cutWei;
        burnedWei = cutWei - toArtistWei;
    }

    function _share(uint256 ofWei, uint256 bps) private pure returns (uint256) {
        return ofWei * bps / BPS;
    }
}
