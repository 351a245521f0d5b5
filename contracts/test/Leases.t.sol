// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Account, IRushes, JobRequest, Lease, LeaseState, Role} from "../IRushes.sol";
import {Network} from "./Network.sol";

contract LeasesTest is Network {
    bytes32 private _jobId;

    function setUp() public override {
        super.setUp();
        _jobId = _order();
    }

    function _expectRefusal(address who, uint32 word, uint256 mask, bytes memory reason) private {
        bytes32[] memory proof = _proof(word > 1 ? 1 : word);
        vm.expectRevert(reason);
        vm.prank(who);
        rushes.takeLease(_jobId, word, mask, word == 0 ? fullWord : lastWord, proof);
    }

    function test_takeLease_refuses() external {
        _expectRefusal(stranger, 0, 1, abi.encodeWithSelector(IRushes.NotActive.selector, stranger, Role.Worker));
        address verifier = verifiers[0];
        _expectRefusal(verifier, 0, 1, abi.encodeWithSelector(IRushes.NotActive.selector, verifier, Role.Worker));
        _expectRefusal(worker, 0, 0, abi.encodeWithSelector(IRushes.ChunksOutOfRange.selector, _jobId, 0, 0));
        uint256 beyond = 1 << 44;
        _expectRefusal(worker, 1, beyond, abi.encodeWithSelector(IRushes.ChunksOutOfRange.selector, _jobId, 1, beyond));
        _expectRefusal(worker, 2, 1, abi.encodeWithSelector(IRushes.ChunksOutOfRange.selector, _jobId, 2, 1));
        _take(_jobId, 6);
        _expectRefusal(worker, 0, 3, abi.encodeWithSelector(IRushes.ChunksTaken.selector, _jobId, 0, 2));
        bytes32[] memory wrong = new bytes32[](1);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WeightsMismatch.selector, _jobId, 0));
        rushes.takeLease(_jobId, 0, 1, fullWord, wrong);
        wrong = _proof(0);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WeightsMismatch.selector, _jobId, 0));
        rushes.takeLease(_jobId, 0, 1, lastWord, wrong);
    }

    function test_takeLease_setsAsideExactlyWhatItMayCost() external {
        bytes32[] memory proof = _proof(0);
        vm.expectEmit(address(rushes));
        emit IRushes.LeaseTaken(
            1,
            _jobId,
            worker,
            0,
            0xff,
            _payWei(8),
            _payWei(8) / 20,
            vm.getBlockTimestamp() + 30 + 80,
            _payWei(8) + 2 * _payWei(8) / 10
        );
        vm.prank(worker);
        uint64 leaseId = rushes.takeLease(_jobId, 0, 0xff, fullWord, proof);
        vm.snapshotGasLastCall("Rushes", "takeLease, 8 chunks");
        Lease memory lease = rushes.getLease(leaseId);
        vm.assertEq(lease.payWei, _payWei(8));
        vm.assertEq(rushes.getJob(_jobId).unreservedWei, BUDGET_WEI - lease.reservedWei);
        vm.assertEq(rushes.takenMask(_jobId, 0), 0xff);
        Account memory account = rushes.getAccount(worker);
        vm.assertEq(account.lockedWei, _payWei(8) / 10);
        vm.assertEq(account.openLeases, 1);
    }

    function test_takeLease_wholeWord() external {
        bytes32[] memory proof = _proof(0);
        vm.prank(worker);
        rushes.takeLease(_jobId, 0, type(uint256).max, fullWord, proof);
        vm.snapshotGasLastCall("Rushes", "takeLease, 256 chunks");
        uint64 leaseId = _takeAs(worker, _jobId, 1, (1 << 44) - 1);
        vm.assertEq(rushes.getLease(leaseId).payWei, _payWei(44));
    }

    function test_takeLease_tooLateForTheJob() external {
        // 30 + 10 to commit, twice 30 + 10 to seal, three times 20 + 20 to open, answer and reveal.
        uint256 pathSeconds = 40 + 2 * 40 + 3 * 40;
        uint256 deadline = rushes.getJob(_jobId).deadline;
        vm.warp(deadline - pathSeconds + 1);
        _expectRefusal(
            worker, 0, 1, abi.encodeWithSelector(IRushes.TooLateForJob.selector, _jobId, deadline + 1, deadline)
        );
        vm.warp(deadline - pathSeconds);
        _take(_jobId, 1);
    }

    function test_takeLease_needsMoney() external {
        JobRequest memory request = _request("poor");
        request.budgetWei = uint128(_payWei(1) + 2 * _payWei(1) / 10 - 1);
        vm.prank(artist);
        bytes32 poor = rushes.createJob(request);
        bytes32[] memory proof = _proof(0);
        vm.prank(worker);
        vm.expectRevert(
            abi.encodeWithSelector(IRushes.UnreservedTooLow.selector, poor, request.budgetWei, request.budgetWei + 1)
        );
        rushes.takeLease(poor, 0, 1, fullWord, proof);
        vm.prank(artist);
        rushes.fundJob(poor, 1);
        _take(poor, 1);
        vm.assertEq(rushes.getJob(poor).unreservedWei, 0);
    }

    function test_takeLease_needsStake() external {
        JobRequest memory request = _request("dear");
        request.pricePerUnitWei = 1 ether;
        vm.prank(artist);
        bytes32 dear = rushes.createJob(request);
        _register(worker2, Role.Worker, 399 ether);
        bytes32[] memory proof = _proof(0);
        // One chunk pays 10: forty rewards are at stake at least.
        vm.prank(worker2);
        vm.expectRevert(abi.encodeWithSelector(IRushes.StakeTooLow.selector, worker2, 399 ether, 400 ether));
        rushes.takeLease(dear, 0, 1, fullWord, proof);
        vm.prank(worker2);
        rushes.topUpStake(1 ether);
        _takeAs(worker2, dear, 0, 1);
        // Fifty chunks: as many rewards as chunks.
        vm.prank(worker2);
        vm.expectRevert(abi.encodeWithSelector(IRushes.StakeTooLow.selector, worker2, 400 ether, 500 ether));
        rushes.takeLease(dear, 0, ((1 << 50) - 1) << 1, fullWord, proof);
    }

    function test_commit() external {
        uint64 leaseId = _take(_jobId, 1);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotWorker.selector, leaseId, stranger));
        vm.prank(stranger);
        rushes.commit(leaseId, "root", "outputs");
        vm.startPrank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.ZeroValue.selector));
        rushes.commit(leaseId, 0, "outputs");
        rushes.commit(leaseId, "root", "outputs");
        vm.snapshotGasLastCall("Rushes", "commit");
        vm.assertEq(rushes.getLease(leaseId).drawBlock, vm.getBlockNumber() + 2);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WrongState.selector, leaseId, LeaseState.Committed));
        rushes.commit(leaseId, "root", "outputs");
        vm.expectRevert(abi.encodeWithSelector(IRushes.LeaseUnknown.selector, uint64(9)));
        rushes.commit(9, "root", "outputs");
        vm.stopPrank();
    }

    function test_commit_late() external {
        uint64 leaseId = _take(_jobId, 1);
        uint256 deadline = rushes.getLease(leaseId).deadline;
        vm.warp(deadline + 1);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DeadlineOver.selector, leaseId, deadline, deadline + 1));
        rushes.commit(leaseId, "root", "outputs");
    }

    function test_expire_taken() external {
        uint64 leaseId = _take(_jobId, 1);
        uint256 deadline = rushes.getLease(leaseId).deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DeadlineNotOver.selector, leaseId, deadline, deadline));
        rushes.expire(leaseId);
        vm.warp(deadline + 1);
        uint256 supplyWei = token.totalSupply();
        rushes.expire(leaseId);
        vm.snapshotGasLastCall("Rushes", "expire, not committed");
        _expectState(leaseId, LeaseState.Expired);
        vm.assertEq(supplyWei - token.totalSupply(), _payWei(1) / 10);
        vm.assertEq(rushes.getAccount(worker).stakeWei, STAKE_WEI - _payWei(1) / 10);
        vm.assertEq(rushes.getAccount(worker).lockedWei, 0);
        vm.assertEq(rushes.getJob(_jobId).unreservedWei, BUDGET_WEI);
        vm.assertEq(rushes.takenMask(_jobId, 0), 0);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WrongState.selector, leaseId, LeaseState.Expired));
        rushes.expire(leaseId);
    }

    /// @dev No wei is lost to rounding, whatever the price.
    function testFuzz_takeLease_reservesWhatItPays(uint64 priceWei, uint256 mask) external {
        mask &= (1 << 40) - 1;
        vm.assume(mask != 0 && priceWei < 1e16);
        JobRequest memory request = _request("fuzz");
        request.pricePerUnitWei = priceWei;
        vm.prank(artist);
        bytes32 jobId = rushes.createJob(request);
        uint64 leaseId = _take(jobId, mask);
        Lease memory lease = rushes.getLease(leaseId);
        vm.assertEq(uint256(lease.reservedWei) + rushes.getJob(jobId).unreservedWei, BUDGET_WEI);
        vm.assertTrue(lease.reservedWei >= lease.payWei + 2 * uint256(lease.feeWei));
        _commit(leaseId);
        (address first, address second) = _sealByDrawn(leaseId);
        _pass(21);
        rushes.expire(leaseId);
        bytes32[] memory jobIds = new bytes32[](2);
        (jobIds[0], jobIds[1]) = (_jobId, jobId);
        address[] memory accounts = new address[](5);
        (accounts[0], accounts[1], accounts[2], accounts[3], accounts[4]) =
        (worker, artist, verifiers[0], verifiers[1], verifiers[2]);
        _expectBalanced(jobIds, accounts);
        vm.assertEq(rushes.owedWei(first), lease.feeWei);
        vm.assertEq(rushes.owedWei(second), lease.feeWei);
    }
}
