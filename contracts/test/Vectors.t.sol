// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Commitments} from "../Commitments.sol";
import {Draw} from "../Draw.sol";
import {DrawHeader} from "../DrawHeader.sol";
import {LeafAnswer} from "../IRushes.sol";
import {Trees} from "../Trees.sol";
import {Weights} from "../Weights.sol";
import {TreeBuilder} from "./TreeBuilder.sol";
import {VectorFile} from "./VectorFile.sol";

/// @notice The libraries with arguments from call data, at an address that a vector names.
contract Libraries {
    function rootFrom(bytes32 leaf, uint256 position, bytes32[] calldata path) external pure returns (bytes32) {
        return Trees.rootFrom(leaf, position, path);
    }

    function leafHashOf(bytes32 jobId, uint64 leaseId, uint32 chunkIndex, LeafAnswer calldata answer)
        external
        pure
        returns (bytes32)
    {
        return Commitments.leafHashOf(jobId, leaseId, chunkIndex, answer);
    }

    function leaseRootOf(uint64 leaseId, address worker, bytes32 chunksRoot) external view returns (bytes32) {
        return Commitments.leaseRootOf(leaseId, worker, chunksRoot);
    }

    function isWeightsWordIn(bytes32 root, uint32 word, bytes calldata weightsWord, bytes32[] calldata proof)
        external
        pure
        returns (bool)
    {
        return Weights.isIn(root, word, weightsWord, proof);
    }

    function unitsOf(bytes calldata weightsWord, uint256 mask) external pure returns (uint256 units, uint256 chunks) {
        return Weights.sum(weightsWord, mask);
    }

    function mixHashOf(uint256 blockNumber, bytes calldata header) external view returns (bytes32) {
        return DrawHeader.mixHashOf(blockNumber, header);
    }
}

/// @notice The contracts' half of test/vectors: what protocol/ computed, computed here.
contract VectorsTest is VectorFile {
    Libraries private _libraries = new Libraries();

    function test_trees() external {
        uint256 count = _read("trees");
        for (uint256 i; i < count; ++i) {
            bytes32[] memory leaves = vm.parseJsonBytes32Array(_json, _at(i, "leaves"));
            bytes32[] memory path = vm.parseJsonBytes32Array(_json, _at(i, "path"));
            uint256 index = vm.parseJsonUint(_json, _at(i, "index"));
            bytes32 root = vm.parseJsonBytes32(_json, _at(i, "root"));
            vm.assertEq(_libraries.rootFrom(leaves[index], index, path), root);
            vm.assertEq(TreeBuilder.rootOf(leaves), root);
            // A position that the tree does not have leads nowhere.
            vm.assertEq(_libraries.rootFrom(leaves[index], index + (1 << path.length), path), bytes32(0));
        }
    }

    function test_leaves() external {
        uint256 count = _read("leaves");
        for (uint256 i; i < count; ++i) {
            LeafAnswer memory answer;
            answer.blockIndex = uint32(_uint(i, "block"));
            answer.batch = uint32(_uint(i, "batch"));
            answer.salt = _bytes32(i, "salt");
            answer.sums = vm.parseJsonBytes(_json, _at(i, "sums"));
            bytes32 hash = _libraries.leafHashOf(
                _bytes32(i, "jobId"), uint64(_uint(i, "leaseId")), uint32(_uint(i, "chunkIndex")), answer
            );
            vm.assertEq(hash, _bytes32(i, "hash"));
        }
    }

    function test_chunkRoots() external {
        uint256 count = _read("chunkRoots");
        for (uint256 i; i < count; ++i) {
            bytes32 root = Commitments.chunkRootOf(
                _bytes32(i, "leafRoot"),
                _bytes32(i, "pixelHash"),
                _bytes32(i, "preparedHash"),
                _bytes32(i, "kernelHash")
            );
            vm.assertEq(root, _bytes32(i, "chunkRoot"));
        }
    }

    function test_leaseRoots() external {
        uint256 count = _read("leaseRoots");
        for (uint256 i; i < count; ++i) {
            vm.chainId(_uint(i, "chainId"));
            address where = vm.parseJsonAddress(_json, _at(i, "contract"));
            vm.etch(where, address(_libraries).code);
            bytes32 chunksRoot = TreeBuilder.rootOf(vm.parseJsonBytes32Array(_json, _at(i, "chunkRoots")));
            address worker = vm.parseJsonAddress(_json, _at(i, "worker"));
            vm.assertEq(
                Libraries(where).leaseRootOf(uint64(_uint(i, "leaseId")), worker, chunksRoot), _bytes32(i, "leaseRoot")
            );
        }
    }

    function test_seals() external {
        uint256 count = _read("seals");
        for (uint256 i; i < count; ++i) {
            address verifier = vm.parseJsonAddress(_json, _at(i, "verifier"));
            bytes32 hash = Commitments.sealHashOf(
                verifier, uint64(_uint(i, "leaseId")), _bytes32(i, "valuesHash"), _bytes32(i, "secret")
            );
            vm.assertEq(hash, _bytes32(i, "sealHash"));
        }
    }

    function test_drawSeeds() external {
        uint256 count = _read("drawSeeds");
        for (uint256 i; i < count; ++i) {
            vm.assertEq(Draw.seedOf(_bytes32(i, "mixHash"), uint64(_uint(i, "leaseId"))), _bytes32(i, "seed"));
        }
    }

    function test_drawnMasks() external {
        uint256 count = _read("drawnMasks");
        for (uint256 i; i < count; ++i) {
            uint256 drawn = Draw.drawnMask(_bytes32(i, "seed"), uint256(_bytes32(i, "mask")), uint8(_uint(i, "shift")));
            vm.assertEq(drawn, uint256(_bytes32(i, "drawn")));
        }
    }

    function test_drawVerifiers() external {
        uint256 count = _read("drawVerifiers");
        for (uint256 i; i < count; ++i) {
            address[] memory drawn = Draw.drawVerifiers(
                _bytes32(i, "seed"),
                vm.parseJsonAddressArray(_json, _at(i, "candidates")),
                vm.parseJsonUintArray(_json, _at(i, "stakesWei")),
                _uint(i, "wanted")
            );
            vm.assertEq(drawn, vm.parseJsonAddressArray(_json, _at(i, "drawn")));
        }
    }

    function test_weights() external {
        uint256 count = _read("weights");
        for (uint256 i; i < count; ++i) {
            bytes memory word = vm.parseJsonBytes(_json, _at(i, "weightsWord"));
            bytes32[] memory path = vm.parseJsonBytes32Array(_json, _at(i, "path"));
            uint32 index = uint32(_uint(i, "word"));
            vm.assertTrue(_libraries.isWeightsWordIn(_bytes32(i, "root"), index, word, path));
            vm.assertTrue(!_libraries.isWeightsWordIn(_bytes32(i, "root"), index + 1, word, path));
            (uint256 units,) = _libraries.unitsOf(word, uint256(_bytes32(i, "mask")));
            vm.assertEq(units, _uint(i, "units"));
        }
    }

    function test_headers() external {
        uint256 count = _read("headers");
        for (uint256 i; i < count; ++i) {
            uint256 blockNumber = _uint(i, "blockNumber");
            vm.roll(blockNumber + 200);
            vm.setBlockhash(blockNumber, _bytes32(i, "blockHash"));
            bytes memory header = vm.parseJsonBytes(_json, _at(i, "header"));
            vm.assertEq(_libraries.mixHashOf(blockNumber, header), _bytes32(i, "mixHash"));
        }
    }

    function test_jobIds() external {
        uint256 count = _read("jobIds");
        for (uint256 i; i < count; ++i) {
            bytes32 jobId = sha256(
                abi.encodePacked(
                    _uint(i, "chainId"),
                    vm.parseJsonAddress(_json, _at(i, "contract")),
                    vm.parseJsonAddress(_json, _at(i, "artist")),
                    _bytes32(i, "nonce"),
                    _bytes32(i, "manifestDigest"),
                    _bytes32(i, "termsDigest")
                )
            );
            vm.assertEq(jobId, _bytes32(i, "jobId"));
        }
    }
}
