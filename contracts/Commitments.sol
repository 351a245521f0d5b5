// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LeafAnswer} from "./IRushes.sol";
import {Trees} from "./Trees.sol";

/// @title Commitments
/// @notice The hashes a worker and a verifier commit to, and the check of an opened leaf against a lease's root.
/// @dev The same as protocol/hashes.ts: leaf 0, node 1, chunk 2, lease 3, seal 11.
library Commitments {
    /// @notice Bytes of a leaf: 256 pixels of four float32.
    uint256 internal constant LEAF_BYTES = 4096;

    /// @notice What a verifier seals.
    function sealHashOf(address verifier, uint64 leaseId, bytes32 valuesHash, bytes32 secret)
        internal
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked(uint8(11), verifier, leaseId, valuesHash, secret));
    }

    /// @notice What a worker commits to.
    /// @param chunksRoot root over the lease's chunk roots, in the order of their indices
    function leaseRootOf(uint64 leaseId, address worker, bytes32 chunksRoot) internal view returns (bytes32) {
        return sha256(abi.encodePacked(uint8(3), block.chainid, address(this), leaseId, worker, chunksRoot));
    }

    /// @notice What a chunk's leaves, pixels, scene and kernel come to.
    function chunkRootOf(bytes32 leafRoot, bytes32 pixelHash, bytes32 preparedHash, bytes32 kernelHash)
        internal
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked(uint8(2), leafRoot, pixelHash, preparedHash, kernelHash));
    }

    /// @notice The hash of a leaf; the padding hash for an answer without sums.
    function leafHashOf(bytes32 jobId, uint64 leaseId, uint32 chunkIndex, LeafAnswer calldata answer)
        internal
        pure
        returns (bytes32)
    {
        if (answer.sums.length == 0) return bytes32(0);
        return sha256(
            abi.encodePacked(
                uint8(0), jobId, leaseId, chunkIndex, answer.blockIndex, answer.batch, answer.salt, answer.sums
            )
        );
    }

    /// @notice The lease root an answer leads to.
    /// @param chunkPosition where the chunk stands among the lease's chunks
    function rootFrom(
        bytes32 jobId,
        uint64 leaseId,
        address worker,
        uint32 chunkIndex,
        uint256 chunkPosition,
        LeafAnswer calldata answer
    ) internal view returns (bytes32) {
        bytes32 leaf = leafHashOf(jobId, leaseId, chunkIndex, answer);
        bytes32 leafRoot = Trees.rootFrom(leaf, answer.position, answer.leafPath);
        bytes32 chunkRoot = chunkRootOf(leafRoot, answer.pixelHash, answer.preparedHash, answer.kernelHash);
        return leaseRootOf(leaseId, worker, Trees.rootFrom(chunkRoot, chunkPosition, answer.chunkPath));
    }
}
