// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Trees
/// @notice Positional SHA-256 Merkle trees: leaves padded with zero hashes to a power of two, node = SHA-256(1, left,
/// right), and a tree of one leaf is that leaf.
/// @dev The same as protocol/trees.ts.
library Trees {
    /// @notice The root that a leaf at a position and its sibling hashes lead to.
    /// @return root zero when a path of this length has no such position
    function rootFrom(bytes32 leaf, uint256 position, bytes32[] calldata path) internal pure returns (bytes32 root) {
        if (path.length > 32 || position >> path.length != 0) return bytes32(0);
        root = leaf;
        for (uint256 i; i < path.length; ++i) {
            root = (position >> i) & 1 == 0
                ? sha256(abi.encodePacked(uint8(1), root, path[i]))
                : sha256(abi.encodePacked(uint8(1), path[i], root));
        }
    }
}
