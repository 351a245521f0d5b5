// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicy, PolicyValues} from "../IPolicy.sol";
import {IRushes} from "../IRushes.sol";
import {TestBase} from "./TestBase.sol";

/// @notice What the tests use of the token.
interface IToken {
    function approve(address spender, uint256 amountWei) external returns (bool);
    function balanceOf(address account) external view returns (uint256);
    function burn(uint256 amountWei) external;
    function faucet(address account, uint256 amountWei) external;
    function totalSupply() external view returns (uint256);
    function transfer(address to, uint256 amountWei) external returns (bool);
}

/// @notice Deploys the committed artefacts.
abstract contract Artifacts is TestBase {
    function deployToken() internal returns (IToken) {
        return IToken(_create(_codeOf("TestToken")));
    }

    function deployPolicy(PolicyValues memory values) internal returns (IPolicy) {
        return IPolicy(_create(abi.encodePacked(_codeOf("Policy"), abi.encode(values))));
    }

    /// @notice Deploys the contract and its libraries.
    function deployRushes(address token, address policy) internal returns (IRushes) {
        string memory json = _artifact("Rushes");
        bytes memory code = vm.parseJsonBytes(json, ".bytecode");
        _link(code, vm.parseJsonUintArray(json, ".links.PolicyRules"), _create(_codeOf("PolicyRules")));
        _link(code, vm.parseJsonUintArray(json, ".links.Roster"), _create(_codeOf("Roster")));
        return IRushes(_create(abi.encodePacked(code, abi.encode(token, policy))));
    }

    function _link(bytes memory code, uint256[] memory places, address library_) private pure {
        bytes20 linked = bytes20(library_);
        for (uint256 i; i < places.length; ++i) {
            for (uint256 j; j < 20; ++j) {
                code[places[i] + j] = linked[j];
            }
        }
    }

    function _create(bytes memory code) private returns (address at) {
        assembly ("memory-safe") {
            at := create(0, add(code, 32), mload(code))
            if iszero(at) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function _artifact(string memory name) private view returns (string memory) {
        return vm.readFile(string.concat("contracts/artifacts/", name, ".json"));
    }

    function _codeOf(string memory name) private view returns (bytes memory) {
        return vm.parseJsonBytes(_artifact(name), ".bytecode");
    }
}
