// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicy, PolicyValues} from "./IPolicy.sol";
import {IRushes} from "./IRushes.sol";
import {PolicyRules} from "./PolicyRules.sol";

/// @title Policies
/// @notice The numbers of every policy a job named, read once: nothing an object does later changes them.
abstract contract Policies is IRushes {
    /// @inheritdoc IRushes
    address public immutable stakePolicy;
    uint32 internal immutable _unbondingSeconds;
    mapping(address policy => PolicyValues) private _policies;

    /// @param stakePolicy_ governs registration and unbonding
    constructor(address stakePolicy_) {
        stakePolicy = stakePolicy_;
        _unbondingSeconds = IPolicy(stakePolicy_).values().unbondingSeconds;
        PolicyRules.adopt(_policies, stakePolicy_, stakePolicy_, _unbondingSeconds);
    }

    /// @dev Reads and checks a policy at its first use.
    function _adoptOnce(address policy) internal {
        if (_policies[policy].verifierCount != 0) return;
        PolicyRules.adopt(_policies, policy, stakePolicy, _unbondingSeconds);
    }

    function _policy(address policy) internal view returns (PolicyValues storage) {
        return _policies[policy];
    }
}
