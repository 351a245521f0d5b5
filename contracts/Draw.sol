// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Draw
/// @notice What a block's randomness picks: the chunks to audit and the verifiers to audit them.
/// @dev The same functions as protocol/draw.ts, byte for byte; tags 4, 5 and 6 keep their hashes apart.
library Draw {
    /// @notice The seed of a lease's draw.
    /// @param mixHash prevrandao of the draw block
    function seedOf(bytes32 mixHash, uint64 leaseId) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(4), mixHash, leaseId));
    }

    /// @notice The chunks of `mask` that are audited, each with probability 2^-shift.
    function drawnMask(bytes32 seed, uint256 mask, uint8 shift) internal pure returns (uint256 drawn) {
        drawn = mask;
        for (uint32 i = 1; i <= shift; ++i) {
            drawn &= uint256(sha256(abi.encodePacked(uint8(5), seed, i)));
        }
    }

    /// @notice Picks verifiers by stake, without replacement.
    /// @param stakes wei of each candidate; zero takes a candidate out. Consumed: picked entries become zero.
    /// @param count how many to pick; fewer candidates are all picked
    /// @dev The modulo favours low remainders by less than 2^-128 for any stake a token can hold.
    function drawVerifiers(bytes32 seed, address[] memory candidates, uint256[] memory stakes, uint256 count)
        internal
        pure
        returns (address[] memory picked)
    {
        uint256 remaining;
        uint256 available;
        for (uint256 i; i < stakes.length; ++i) {
            if (stakes[i] == 0) continue;
            remaining += stakes[i];
            ++available;
        }
        if (count > available) count = available;
        picked = new address[](count);
        for (uint256 i; i < count; ++i) {
            uint256 target = uint256(sha256(abi.encodePacked(uint8(6), seed, uint32(i)))) % remaining;
            uint256 j;
            while (target >= stakes[j]) target -= stakes[j++];
            picked[i] = candidates[j];
            remaining -= stakes[j];
            stakes[j] = 0;
        }
    }
}
