// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {IRushes} from "./IRushes.sol";

/// @title DrawHeader
/// @notice Reads the randomness of a past block from its header, which anyone may bring.
/// @dev A contract can read only the current block's prevrandao: whoever sends the transaction could wait for one it
/// likes.
library DrawHeader {
    /// @notice Blocks back to which EIP-2935 keeps hashes.
    uint256 internal constant HISTORY_BLOCKS = 8191;

    /// @notice The mix hash of a block.
    /// @param blockNumber a past block, at most 8191 blocks back (256 on chains without EIP-2935)
    /// @param header RLP of the block's header
    function mixHashOf(uint256 blockNumber, bytes calldata header) internal view returns (bytes32) {
        bytes32 expected = Blockhash.blockHash(blockNumber);
        require(expected != bytes32(0), IRushes.BlockHashUnavailable(blockNumber));
        bytes32 actual = keccak256(header);
        require(actual == expected, IRushes.HeaderMismatch(blockNumber, expected, actual));
        return BlockHeader.getPrevRandao(header);
    }

    /// @notice Whether the hash of a past block is gone, or will be before the header can be counted on to be brought.
    function isOutOfReach(uint256 blockNumber) internal view returns (bool) {
        if (block.number <= blockNumber) return false;
        return block.number - blockNumber > HISTORY_BLOCKS / 2 || Blockhash.blockHash(blockNumber) == bytes32(0);
    }
}
