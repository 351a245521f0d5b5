// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Account, IRushes, Role} from "./IRushes.sol";
import {Draw} from "./Draw.sol";

/// @notice The verifiers, in order of registration, and what each weighed from which block on.
/// @param places unbonding verifiers included: a draw may still be about them
/// @param active verifiers that are not unbonding
struct RosterState {
    mapping(address verifier => Checkpoints.Trace160) weightWei;
    address[] places;
    uint256 active;
}

/// @title Roster
/// @notice Who can be drawn. Linked, not inlined: the contract's size is limited.
/// @dev A verifier's weight is kept per block, because a draw uses the weights from before the commitment: once the
/// draw block is known, nothing anyone does to a stake may change who is drawn.
library Roster {
    using Checkpoints for Checkpoints.Trace160;
    using SafeCast for uint256;

    /// @notice Verifiers that are candidates at a time. A larger stake takes the place of the smallest.
    uint256 internal constant MAX_ACTIVE = 64;
    /// @notice Verifiers in the draw's walk, unbonding ones included: bounds what a draw costs.
    uint256 internal constant MAX_PLACES = 128;

    /// @notice Gives a newly registered verifier the last place.
    function enter(
        RosterState storage roster,
        mapping(address account => Account) storage accounts,
        address who,
        uint256 unbondingSeconds
    ) public {
        if (roster.active == MAX_ACTIVE) {
            _unbondLeast(roster, accounts, accounts[who].stakeWei, unbondingSeconds);
        }
        if (roster.places.length == MAX_PLACES) _freePlace(roster, accounts);
        roster.places.push(who);
        ++roster.active;
        weigh(roster, accounts, who);
    }

    /// @notice Removes a verifier whose stake is withdrawn.
    function depart(RosterState storage roster, address who) public {
        for (uint256 i; i < roster.places.length; ++i) {
            if (roster.places[i] == who) return _removePlace(roster, i);
        }
    }

    /// @notice Starts the wait for an account's stake.
    function unbond(
        RosterState storage roster,
        mapping(address account => Account) storage accounts,
        address who,
        uint256 unbondingSeconds
    ) public {
        Account storage account = accounts[who];
        account.withdrawableAt = (block.timestamp + unbondingSeconds).toUint48();
        if (account.role == Role.Verifier) {
            --roster.active;
            weigh(roster, accounts, who);
        }
        emit IRushes.UnbondingStarted(who, account.withdrawableAt);
    }

    /// @notice Keeps a verifier's weight from this block on.
    function weigh(RosterState storage roster, mapping(address account => Account) storage accounts, address who)
        public
    {
        Account storage account = accounts[who];
        if (account.role != Role.Verifier) return;
        uint160 weightWei = account.withdrawableAt == 0 ? account.stakeWei : 0;
        roster.weightWei[who].push(block.number.toUint96(), weightWei);
    }

    /// @notice Draws the verifiers of a lease committed in `commitBlock`, by their stakes before that block.
    /// @param minStakeWei who had less is no candidate
    function draw(
        RosterState storage roster,
        bytes32 seed,
        uint256 commitBlock,
        address worker,
        uint256 minStakeWei,
        uint256 count
    ) public view returns (address[] memory) {
        address[] memory candidates = roster.places;
        uint256[] memory stakesWei = new uint256[](candidates.length);
        uint96 before = (commitBlock - 1).toUint96();
        for (uint256 i; i < candidates.length; ++i) {
            if (candidates[i] == worker) continue;
            uint256 weightWei = roster.weightWei[candidates[i]].upperLookupRecent(before);
            if (weightWei >= minStakeWei) stakesWei[i] = weightWei;
        }
        return Draw.drawVerifiers(seed, candidates, stakesWei, count);
    }

    /// @dev Starts the unbonding of the verifier with the least stake, if that is less than the newcomer's.
    function _unbondLeast(
        RosterState storage roster,
        mapping(address account => Account) storage accounts,
        uint256 stakeWei,
        uint256 unbondingSeconds
    ) private {
        address least;
        uint256 leastWei = type(uint256).max;
        for (uint256 i; i < roster.places.length; ++i) {
            Account storage account = accounts[roster.places[i]];
            if (account.withdrawableAt != 0 || account.stakeWei >= leastWei) continue;
            (least, leastWei) = (roster.places[i], account.stakeWei);
        }
        require(leastWei < stakeWei, IRushes.VerifierPlacesTaken(MAX_ACTIVE, leastWei));
        unbond(roster, accounts, least, unbondingSeconds);
    }

    /// @dev Removes one verifier whose wait is over: no draw that is still to be made can be about it.
    function _freePlace(RosterState storage roster, mapping(address account => Account) storage accounts) private {
        for (uint256 i; i < roster.places.length; ++i) {
            uint256 withdrawableAt = accounts[roster.places[i]].withdrawableAt;
            if (withdrawableAt != 0 && withdrawableAt <= block.timestamp) return _removePlace(roster, i);
        }
        revert IRushes.VerifierPlacesTaken(MAX_PLACES, type(uint256).max);
    }

    /// @dev Keeps the order of registration, which the draw walks in.
    function _removePlace(RosterState storage roster, uint256 index) private {
        for (uint256 i = index; i + 1 < roster.places.length; ++i) {
            roster.places[i] = roster.places[i + 1];
        }
        roster.places.pop();
    }
}
