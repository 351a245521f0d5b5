// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Account, Audit, IRushes, Role} from "../IRushes.sol";
import {Network} from "./Network.sol";

contract StakesTest is Network {
    function test_register_refuses() external {
        _fund(stranger);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRushes.RoleUnknown.selector, Role.None));
        rushes.register(Role.None, "wasm", STAKE_WEI);
        vm.expectRevert(abi.encodeWithSelector(IRushes.ZeroValue.selector));
        rushes.register(Role.Worker, "", STAKE_WEI);
        vm.expectRevert(abi.encodeWithSelector(IRushes.StakeTooLow.selector, stranger, 100 ether - 1, 100 ether));
        rushes.register(Role.Worker, "wasm", 100 ether - 1);
        rushes.register(Role.Worker, "wasm", 100 ether);
        vm.expectRevert(abi.encodeWithSelector(IRushes.AlreadyRegistered.selector, stranger, Role.Worker));
        rushes.register(Role.Verifier, "wasm", 100 ether);
        vm.stopPrank();
    }

    function test_register_holdsTheStake() external {
        _fund(stranger);
        vm.expectEmit(address(rushes));
        emit IRushes.Registered(stranger, Role.Verifier, "wasm", 150 ether);
        vm.prank(stranger);
        rushes.register(Role.Verifier, "wasm", 150 ether);
        vm.snapshotGasLastCall("Rushes", "register");
        Account memory account = rushes.getAccount(stranger);
        vm.assertEq(account.stakeWei, 150 ether);
        vm.assertEq(account.deviceClass, "wasm");
        address[] memory places = rushes.getVerifiers();
        vm.assertEq(places.length, 4);
        vm.assertEq(places[3], stranger);
    }

    function test_topUpStake() external {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotActive.selector, stranger, Role.None));
        rushes.topUpStake(1);
        vm.prank(worker);
        rushes.topUpStake(5 ether);
        vm.assertEq(rushes.getAccount(worker).stakeWei, STAKE_WEI + 5 ether);
        vm.startPrank(worker);
        rushes.beginUnbonding();
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotActive.selector, worker, Role.Worker));
        rushes.topUpStake(1);
        vm.stopPrank();
    }

    function test_withdrawStake_afterTheWait() external {
        vm.startPrank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotUnbonding.selector, worker));
        rushes.withdrawStake();
        rushes.beginUnbonding();
        uint256 withdrawableAt = vm.getBlockTimestamp() + 10_000;
        vm.warp(withdrawableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IRushes.StakeStillBonded.selector, worker, withdrawableAt, 0, 0));
        rushes.withdrawStake();
        vm.warp(withdrawableAt);
        uint256 beforeWei = token.balanceOf(worker);
        rushes.withdrawStake();
        vm.assertEq(token.balanceOf(worker) - beforeWei, STAKE_WEI);
        rushes.register(Role.Verifier, "wasm", STAKE_WEI);
        vm.stopPrank();
    }

    function test_withdrawStake_waitsForOpenLeasesAndAudits() external {
        bytes32 jobId = _order();
        (uint64 leaseId, address first,) = _toOpened(jobId, 1);
        vm.prank(worker);
        rushes.beginUnbonding();
        vm.prank(first);
        rushes.beginUnbonding();
        uint256 withdrawableAt = vm.getBlockTimestamp() + 10_000;
        vm.warp(withdrawableAt);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.StakeStillBonded.selector, worker, withdrawableAt, 1, 0));
        rushes.withdrawStake();
        vm.prank(first);
        vm.expectRevert(abi.encodeWithSelector(IRushes.StakeStillBonded.selector, first, withdrawableAt, 0, 1));
        rushes.withdrawStake();
        rushes.expire(leaseId);
        vm.prank(worker);
        rushes.withdrawStake();
        vm.prank(first);
        rushes.withdrawStake();
        vm.assertEq(rushes.getVerifiers().length, 2);
    }

    function test_places_aLargerStakeTakesTheSmallest() external {
        for (uint256 i = 3; i < 64; ++i) {
            _register(vm.addr(1_000 + i), Role.Verifier, 200 ether);
        }
        _fund(stranger);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRushes.VerifierPlacesTaken.selector, 64, 100 ether));
        rushes.register(Role.Verifier, "wasm", 100 ether);
        rushes.register(Role.Verifier, "wasm", 101 ether);
        vm.stopPrank();
        vm.assertTrue(rushes.getAccount(verifiers[0]).withdrawableAt != 0);
        vm.assertEq(rushes.getVerifiers().length, 65);
    }

    /// @dev What happens to stakes from the commitment's block on does not change who is drawn.
    function test_places_drawLooksBeforeTheCommitment() external {
        bytes32 jobId = _order();
        uint64 leaseId = _take(jobId, 1);
        vm.roll(200);
        _register(stranger, Role.Verifier, 900_000 ether);
        _commit(leaseId);
        vm.roll(201);
        vm.prank(verifiers[2]);
        rushes.topUpStake(900_000 ether);
        vm.prank(verifiers[0]);
        rushes.beginUnbonding();
        for (uint256 i; i < 8; ++i) {
            // Whatever the draw, the newcomer of the same block is not in it.
            bytes memory header = _mineDraw(leaseId, keccak256(abi.encode(i)));
            vm.prank(stranger);
            vm.expectRevert(abi.encodeWithSelector(IRushes.NotDrawn.selector, leaseId, stranger));
            rushes.seal(leaseId, header, "seal");
        }
    }
}
