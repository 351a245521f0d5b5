// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicy, PolicyValues} from "./IPolicy.sol";

/// @title Policy
/// @notice A policy whose numbers are given at deployment and never change.
contract Policy is IPolicy {
    PolicyValues private _values;

    constructor(PolicyValues memory values_) {
        _values = values_;
    }

    /// @inheritdoc IPolicy
    function values() external view returns (PolicyValues memory) {
        return _values;
    }
}
