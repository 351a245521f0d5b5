// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Builds the trees that Trees.sol checks.
library TreeBuilder {
    function rootOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        bytes32[] memory level = padded(leaves);
        while (level.length > 1) level = parents(level);
        return level[0];
    }

    function pathOf(bytes32[] memory leaves, uint256 position) internal pure returns (bytes32[] memory path) {
        bytes32[] memory level = padded(leaves);
        uint256 depth;
        while (1 << depth < level.length) ++depth;
        path = new bytes32[](depth);
        for (uint256 i; i < depth; ++i) {
            path[i] = level[position ^ 1];
            level = parents(level);
            position >>= 1;
        }
    }

    function padded(bytes32[] memory leaves) private pure returns (bytes32[] memory level) {
        uint256 size = 1;
        while (size < leaves.length) size *= 2;
        level = new bytes32[](size);
        for (uint256 i; i < leaves.length; ++i) {
            level[i] = leaves[i];
        }
    }

    function parents(bytes32[] memory level) private pure returns (bytes32[] memory above) {
        above = new bytes32[](level.length / 2);
        for (uint256 i; i < above.length; ++i) {
            above[i] = sha256(abi.encodePacked(uint8(1), level[2 * i], level[2 * i + 1]));
        }
    }
}
