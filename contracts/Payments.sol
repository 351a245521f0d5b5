// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IRushes} from "./IRushes.sol";

/// @notice A token whose holders can destroy their own.
interface IBurnable {
    function burn(uint256 amountWei) external;
}

/// @title Payments
/// @notice The token, and what it owes whom. Money leaves only to the caller who asks for its own.
/// @dev The token must move exactly the amounts it is told: no fee on transfer, no rebasing.
abstract contract Payments is IRushes, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IERC20 private immutable _token;
    mapping(address account => uint256) private _owedWei;

    constructor(address token_) {
        _token = IERC20(token_);
        // A token that cannot burn would block every slash: find out now.
        IBurnable(token_).burn(0);
    }

    /// @inheritdoc IRushes
    function token() external view returns (address) {
        return address(_token);
    }

    /// @inheritdoc IRushes
    function owedWei(address account) external view returns (uint256) {
        return _owedWei[account];
    }

    /// @inheritdoc IRushes
    function withdraw() external nonReentrant {
        uint256 amountWei = _owedWei[msg.sender];
        require(amountWei != 0, NothingOwed(msg.sender));
        _owedWei[msg.sender] = 0;
        emit Withdrawn(msg.sender, amountWei);
        _push(msg.sender, amountWei);
    }

    function _credit(address account, uint256 amountWei) internal {
        if (amountWei == 0) return;
        _owedWei[account] += amountWei;
        emit Credited(account, amountWei);
    }

    function _pull(address from, uint256 amountWei) internal {
        if (amountWei != 0) _token.safeTransferFrom(from, address(this), amountWei);
    }

    function _push(address to, uint256 amountWei) internal {
        if (amountWei != 0) _token.safeTransfer(to, amountWei);
    }

    function _burn(uint256 amountWei) internal {
        if (amountWei != 0) IBurnable(address(_token)).burn(amountWei);
    }
}
