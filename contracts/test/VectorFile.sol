// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestBase} from "./TestBase.sol";

/// @notice Reads one file of test/vectors after another.
abstract contract VectorFile is TestBase {
    string internal _json;

    function _read(string memory name) internal returns (uint256 count) {
        _json = vm.readFile(string.concat("test/vectors/", name, ".json"));
        count = vm.parseJsonUint(_json, ".count");
        vm.assertTrue(count > 0);
    }

    function _at(uint256 index, string memory field) internal pure returns (string memory) {
        return string.concat(".cases[", vm.toString(index), "].", field);
    }

    function _uint(uint256 index, string memory field) internal view returns (uint256) {
        return vm.parseJsonUint(_json, _at(index, field));
    }

    function _bytes32(uint256 index, string memory field) internal view returns (bytes32) {
        return vm.parseJsonBytes32(_json, _at(index, field));
    }

    /// @dev Compares an amount with a field of a case, by name in the failure.
    function _expect(uint256 actual, uint256 index, string memory field) internal view {
        vm.assertEq(actual, _uint(index, field), _at(index, field));
    }
}
