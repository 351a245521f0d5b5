// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Audits} from "./Audits.sol";
import {Payments} from "./Payments.sol";
import {Policies} from "./Policies.sol";

/// @title Rushes
/// @notice See IRushes. Composed by topic: Payments, Policies, Stakes, Jobs, Leases, Audits.
contract Rushes is Audits {
    /// @param token_ the money; burnable, without fees on transfer
    /// @param stakePolicy_ the policy that governs registration and unbonding
    constructor(address token_, address stakePolicy_) Payments(token_) Policies(stakePolicy_) {}
}
