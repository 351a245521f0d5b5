// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Trees} from "./Trees.sol";

/// @title Weights
/// @notice The work units of chunks, 256 big-endian uint16 to a word; a job holds the Merkle root over its words.
/// @dev The same as protocol/weights.ts; tag 12.
library Weights {
    /// @notice Bytes of one word of weights.
    uint256 internal constant WORD_BYTES = 512;

    /// @notice Whether a word of weights belongs to a root.
    function isIn(bytes32 root, uint32 word, bytes calldata weightsWord, bytes32[] calldata proof)
        internal
        pure
        returns (bool)
    {
        if (weightsWord.length != WORD_BYTES) return false;
        bytes32 leaf = sha256(abi.encodePacked(uint8(12), word, weightsWord));
        return Trees.rootFrom(leaf, word, proof) == root;
    }

    /// @notice The units of the chunks in a mask, and how many they are.
    function sum(bytes calldata weightsWord, uint256 mask) internal pure returns (uint256 units, uint256 chunks) {
        for (uint256 bit; mask != 0; ++bit) {
            if (mask & 1 != 0) {
                units += uint16(bytes2(weightsWord[bit * 2:bit * 2 + 2]));
                ++chunks;
            }
            mask >>= 1;
        }
    }
}
