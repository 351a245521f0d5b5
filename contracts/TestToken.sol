// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// @title TestToken
/// @notice Test money for local networks: anyone can have as much as it asks for. It must never stand for value.
contract TestToken is ERC20, ERC20Burnable {
    /// @notice The most one call of `faucet` gives, in wei.
    uint256 public constant FAUCET_LIMIT_WEI = 1_000_000 ether;

    /// @notice The faucet gives less per call than was asked for.
    error FaucetLimitExceeded(uint256 amountWei, uint256 limitWei);

    constructor() ERC20("Rushes test money", "tRUSH") {}

    /// @notice Makes test money for an account.
    function faucet(address account, uint256 amountWei) external {
        require(amountWei <= FAUCET_LIMIT_WEI, FaucetLimitExceeded(amountWei, FAUCET_LIMIT_WEI));
        _mint(account, amountWei);
    }
}
