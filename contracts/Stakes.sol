// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Account, IRushes, Role} from "./IRushes.sol";
import {PolicyValues} from "./IPolicy.sol";
import {Payments} from "./Payments.sol";
import {Policies} from "./Policies.sol";
import {Pricing} from "./Pricing.sol";
import {Roster, RosterState} from "./Roster.sol";

/// @title Stakes
/// @notice Who takes part, with what at stake.
abstract contract Stakes is Payments, Policies {
    using SafeCast for uint256;

    mapping(address account => Account) private _accounts;
    RosterState internal _roster;

    /// @inheritdoc IRushes
    function getAccount(address account) external view returns (Account memory) {
        return _accounts[account];
    }

    /// @inheritdoc IRushes
    function getVerifiers() external view returns (address[] memory) {
        return _roster.places;
    }

    /// @inheritdoc IRushes
    function register(Role role, bytes32 deviceClass, uint256 stakeWei) external nonReentrant {
        require(role == Role.Worker || role == Role.Verifier, RoleUnknown(role));
        require(deviceClass != bytes32(0), ZeroValue());
        Account storage account = _accounts[msg.sender];
        require(account.role == Role.None, AlreadyRegistered(msg.sender, account.role));
        PolicyValues storage policy = _policy(stakePolicy);
        uint256 neededWei = role == Role.Worker ? policy.minWorkerStakeWei : policy.minVerifierStakeWei;
        require(stakeWei >= neededWei, StakeTooLow(msg.sender, stakeWei, neededWei));

        account.role = role;
        account.deviceClass = deviceClass;
        account.stakeWei = stakeWei.toUint96();
        if (role == Role.Verifier) Roster.enter(_roster, _accounts, msg.sender, _unbondingSeconds);
        emit Registered(msg.sender, role, deviceClass, stakeWei);
        _pull(msg.sender, stakeWei);
    }

    /// @inheritdoc IRushes
    function topUpStake(uint256 amountWei) external nonReentrant {
        require(amountWei != 0, ZeroValue());
        Account storage account = _bonded(msg.sender);
        account.stakeWei = (account.stakeWei + amountWei).toUint96();
        Roster.weigh(_roster, _accounts, msg.sender);
        emit StakeAdded(msg.sender, amountWei);
        _pull(msg.sender, amountWei);
    }

    /// @inheritdoc IRushes
    function beginUnbonding() external {
        _bonded(msg.sender);
        Roster.unbond(_roster, _accounts, msg.sender, _unbondingSeconds);
    }

    /// @inheritdoc IRushes
    function withdrawStake() external nonReentrant {
        Account storage account = _accounts[msg.sender];
        require(account.withdrawableAt != 0, NotUnbonding(msg.sender));
        require(
            block.timestamp >= account.withdrawableAt && account.openLeases == 0 && account.openAudits == 0,
            StakeStillBonded(msg.sender, account.withdrawableAt, account.openLeases, account.openAudits)
        );
        uint256 amountWei = account.stakeWei;
        if (account.role == Role.Verifier) Roster.depart(_roster, msg.sender);
        // The convictions stay: leases remember how many there were.
        account.role = Role.None;
        account.withdrawableAt = 0;
        account.stakeWei = 0;
        account.deviceClass = bytes32(0);
        emit StakeWithdrawn(msg.sender, amountWei);
        _push(msg.sender, amountWei);
    }

    function _account(address account) internal view returns (Account storage) {
        return _accounts[account];
    }

    function _isActive(Account storage account, Role role) internal view returns (bool) {
        return account.role == role && account.withdrawableAt == 0;
    }

    /// @dev Cuts a stake by at most what it is.
    /// @param artistWei what is credited to the artist out of the cut, at most; the rest is burned
    function _slash(address who, uint256 wantedWei, address artist, uint256 artistWei) internal {
        Account storage account = _accounts[who];
        (uint256 cutWei, uint256 toArtistWei, uint256 burnedWei) =
            Pricing.divideCut(account.stakeWei, wantedWei, artistWei);
        if (cutWei == 0) return;
        // The cut is at most the stake, which is uint96.
        account.stakeWei -= uint96(cutWei);
        Roster.weigh(_roster, _accounts, who);
        emit Slashed(who, cutWei, toArtistWei, burnedWei);
        _credit(artist, toArtistWei);
        _burn(burnedWei);
    }

    function _bonded(address who) private view returns (Account storage account) {
        account = _accounts[who];
        require(account.role != Role.None && account.withdrawableAt == 0, NotActive(who, account.role));
    }
}
