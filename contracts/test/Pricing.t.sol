// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PolicyValues} from "../IPolicy.sol";
import {PolicyRules} from "../PolicyRules.sol";
import {Pricing} from "../Pricing.sol";
import {VectorFile} from "./VectorFile.sol";

/// @notice The libraries' half of the vectors of money and times, up to the ends of every type: what protocol/pricing.ts
/// and protocol/leaseTimes.ts computed, computed here.
contract PricingTest is VectorFile {
    PolicyValues private _policy;

    function test_leasePrices() external {
        uint256 count = _read("leasePrices");
        for (uint256 i; i < count; ++i) {
            _policy.verifierCount = uint8(_uint(i, "verifierCount"));
            _policy.feeBps = uint16(_uint(i, "feeBps"));
            _policy.redraftFeeBps = uint16(_uint(i, "redraftFeeBps"));
            _policy.bondBps = uint16(_uint(i, "bondBps"));
            uint256 payWei = Pricing.payWei(_uint(i, "units"), _uint(i, "pricePerUnitWei"));
            _expect(payWei, i, "payWei");
            _expect(Pricing.feeWei(_policy, payWei), i, "feeWei");
            _expect(Pricing.redraftFeeWei(_policy, payWei), i, "redraftFeeWei");
            _expect(Pricing.reserveWei(_policy, payWei), i, "reservedWei");
            _expect(Pricing.bondWei(_policy, payWei), i, "bondWei");
        }
    }

    function test_neededStakes() external {
        uint256 count = _read("neededStakes");
        for (uint256 i; i < count; ++i) {
            _policy.stakeRewards = uint16(_uint(i, "stakeRewards"));
            _policy.bondBps = uint16(_uint(i, "bondBps"));
            _policy.minWorkerStakeWei = uint96(_uint(i, "minWorkerStakeWei"));
            uint256 neededWei =
                Pricing.neededStakeWei(_policy, _uint(i, "payWei"), _uint(i, "chunks"), _uint(i, "lockedWei"));
            _expect(neededWei, i, "neededWei");
        }
    }

    function test_cuts() external {
        uint256 count = _read("cuts");
        for (uint256 i; i < count; ++i) {
            _policy.slashBps = uint16(_uint(i, "slashBps"));
            _policy.compensationBps = uint16(_uint(i, "compensationBps"));
            _policy.silentBps = uint16(_uint(i, "silentBps"));
            _policy.bondBps = uint16(_uint(i, "bondBps"));
            uint256 stakeWei = _uint(i, "stakeWei");
            uint256 payWei = _uint(i, "payWei");
            uint256 artistWei = Pricing.artistShareWei(_policy, payWei, _uint(i, "feesWei"));
            (uint256 cutWei, uint256 toArtistWei, uint256 burnedWei) =
                Pricing.divideCut(stakeWei, Pricing.convictionCutWei(_policy, stakeWei), artistWei);
            _expect(cutWei, i, "convictionCutWei");
            _expect(toArtistWei, i, "convictionToArtistWei");
            _expect(burnedWei, i, "convictionBurnedWei");
            (,, burnedWei) = Pricing.divideCut(stakeWei, Pricing.bondWei(_policy, payWei), 0);
            _expect(burnedWei, i, "expiryBurnedWei");
            (,, burnedWei) = Pricing.divideCut(stakeWei, Pricing.silentCutWei(_policy, stakeWei), 0);
            _expect(burnedWei, i, "silentBurnedWei");
        }
    }

    function test_leaseTimes() external {
        uint256 count = _read("leaseTimes");
        for (uint256 i; i < count; ++i) {
            _policy.leaseSeconds = uint32(_uint(i, "leaseSeconds"));
            _policy.secondsPerUnit = uint16(_uint(i, "secondsPerUnit"));
            _policy.sealSeconds = uint32(_uint(i, "sealSeconds"));
            _policy.sealSecondsPerUnit = uint16(_uint(i, "sealSecondsPerUnit"));
            _policy.openSeconds = uint32(_uint(i, "openSeconds"));
            _policy.revealSeconds = uint32(_uint(i, "revealSeconds"));
            _policy.verifierCount = uint8(_uint(i, "verifierCount"));
            uint256 units = _uint(i, "units");
            _expect(PolicyRules.leaseWindowSeconds(_policy, units), i, "commitWindowSeconds");
            _expect(PolicyRules.sealWindowSeconds(_policy, units), i, "sealWindowSeconds");
            _expect(PolicyRules.longestPathSeconds(_policy, units), i, "longestPathSeconds");
        }
    }
}
