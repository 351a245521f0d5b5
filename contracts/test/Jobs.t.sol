// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicy, PolicyValues} from "../IPolicy.sol";
import {IRushes, Job, JobRequest, LeaseState} from "../IRushes.sol";
import {Network} from "./Network.sol";

/// @notice A policy that says something else every time.
contract FicklePolicy is IPolicy {
    PolicyValues private _values;

    function set(PolicyValues memory values_) external {
        _values = values_;
    }

    function values() external view returns (PolicyValues memory) {
        return _values;
    }
}

contract JobsTest is Network {
    function test_createJob_refuses() external {
        JobRequest memory request = _request("nonce");
        vm.startPrank(artist);
        request.chunkCount = 0;
        vm.expectRevert(abi.encodeWithSelector(IRushes.ChunkCountOutOfRange.selector, 0, 1 << 24));
        rushes.createJob(request);
        request.chunkCount = (1 << 24) + 1;
        vm.expectRevert(abi.encodeWithSelector(IRushes.ChunkCountOutOfRange.selector, (1 << 24) + 1, 1 << 24));
        rushes.createJob(request);
        request = _request("nonce");
        request.deadline = uint64(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DeadlineInPast.selector, block.timestamp, block.timestamp));
        rushes.createJob(request);
        request = _request("nonce");
        request.weightsRoot = 0;
        vm.expectRevert(abi.encodeWithSelector(IRushes.ZeroValue.selector));
        rushes.createJob(request);
        request = _request("nonce");
        request.policy = address(token);
        vm.expectRevert();
        rushes.createJob(request);
        request = _request("nonce");
        bytes32 jobId = rushes.createJob(request);
        vm.expectRevert(abi.encodeWithSelector(IRushes.JobExists.selector, jobId));
        rushes.createJob(request);
        vm.stopPrank();
    }

    function test_createJob() external {
        JobRequest memory request = _request("nonce");
        vm.prank(artist);
        bytes32 jobId = rushes.createJob(request);
        vm.snapshotGasLastCall("Rushes", "createJob");
        vm.assertEq(
            jobId,
            sha256(
                abi.encodePacked(
                    block.chainid, address(rushes), artist, request.nonce, request.manifestDigest, request.termsDigest
                )
            )
        );
        Job memory job = rushes.getJob(jobId);
        vm.assertEq(job.artist, artist);
        vm.assertEq(job.unreservedWei, BUDGET_WEI);
        vm.assertEq(token.balanceOf(address(rushes)), BUDGET_WEI + STAKE_WEI + 600 ether);
    }

    function test_policies_refusesEachNumberOutOfRange() external {
        string[19] memory fields = [
            "drawDelayBlocks",
            "shift",
            "verifierCount",
            "maxChunksPerLease",
            "maxUnitsPerLease",
            "leaseSeconds",
            "sealSeconds",
            "openSeconds",
            "revealSeconds",
            "challengeSeconds",
            "maxUnitsPerLease",
            "feeBps",
            "redraftFeeBps",
            "bondBps",
            "slashBps",
            "silentBps",
            "compensationBps",
            "minWorkerStakeWei",
            "minVerifierStakeWei"
        ];
        PolicyValues[19] memory p;
        for (uint256 i; i < p.length; ++i) {
            p[i] = localPolicy();
        }
        p[0].drawDelayBlocks = 0;
        p[1].shift = 17;
        p[2].verifierCount = 1;
        p[3].maxChunksPerLease = 257;
        p[4].maxUnitsPerLease = 0;
        p[5].leaseSeconds = 4;
        p[6].sealSeconds = 4;
        p[7].openSeconds = 0;
        p[8].revealSeconds = 4;
        p[9].challengeSeconds = 1;
        p[10].maxUnitsPerLease = 4_000;
        p[11].feeBps = 10_001;
        p[12].redraftFeeBps = 499;
        p[13].bondBps = 10_001;
        p[14].slashBps = 10_001;
        p[15].silentBps = 10_001;
        p[16].compensationBps = 10_001;
        p[17].minWorkerStakeWei = 0;
        p[18].minVerifierStakeWei = 0;
        JobRequest memory request = _request("nonce");
        for (uint256 i; i < p.length; ++i) {
            request.policy = address(deployPolicy(p[i]));
            vm.expectRevert(abi.encodeWithSelector(IRushes.PolicyRefused.selector, request.policy, fields[i]));
            vm.prank(artist);
            rushes.createJob(request);
        }
    }

    function test_policies_neverHarsherToVerifiersThanTheContractsOwn() external {
        string[4] memory fields = ["sealSeconds", "openSeconds", "revealSeconds", "silentBps"];
        PolicyValues[4] memory p = [localPolicy(), localPolicy(), localPolicy(), localPolicy()];
        p[0].sealSeconds = 29;
        p[1].openSeconds = 19;
        p[2].revealSeconds = 19;
        p[3].silentBps = 2_001;
        JobRequest memory request = _request("nonce");
        for (uint256 i; i < p.length; ++i) {
            request.policy = address(deployPolicy(p[i]));
            vm.expectRevert(abi.encodeWithSelector(IRushes.PolicyRefused.selector, request.policy, fields[i]));
            vm.prank(artist);
            rushes.createJob(request);
        }
        PolicyValues memory kinder = localPolicy();
        (kinder.sealSeconds, kinder.revealSeconds, kinder.silentBps) = (60, 40, 0);
        request.policy = address(deployPolicy(kinder));
        vm.prank(artist);
        rushes.createJob(request);
    }

    function test_policies_areReadOnce() external {
        FicklePolicy fickle = new FicklePolicy();
        PolicyValues memory p = localPolicy();
        fickle.set(p);
        JobRequest memory request = _request("nonce");
        request.policy = address(fickle);
        vm.prank(artist);
        bytes32 jobId = rushes.createJob(request);
        p.leaseSeconds = 5;
        fickle.set(p);
        uint64 leaseId = _take(jobId, 1);
        vm.assertEq(rushes.getLease(leaseId).deadline, vm.getBlockTimestamp() + 30 + 10);
    }

    function test_fundJob_byAnyone() external {
        bytes32 jobId = _order();
        _fund(stranger);
        vm.prank(stranger);
        rushes.fundJob(jobId, 7 ether);
        vm.assertEq(rushes.getJob(jobId).unreservedWei, BUDGET_WEI + 7 ether);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRushes.JobUnknown.selector, bytes32("none")));
        rushes.fundJob("none", 1);
    }

    function test_withdrawUnreserved_neverWhatIsReserved() external {
        bytes32 jobId = _order();
        uint64 leaseId = _take(jobId, 7);
        uint256 reservedWei = rushes.getLease(leaseId).reservedWei;
        vm.assertEq(reservedWei, _payWei(3) + 2 * _payWei(3) / 10);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotArtist.selector, jobId, stranger));
        rushes.withdrawUnreserved(jobId, 1);
        uint256 unreservedWei = BUDGET_WEI - reservedWei;
        vm.startPrank(artist);
        vm.expectRevert(
            abi.encodeWithSelector(IRushes.UnreservedTooLow.selector, jobId, unreservedWei, unreservedWei + 1)
        );
        rushes.withdrawUnreserved(jobId, uint128(unreservedWei + 1));
        rushes.withdrawUnreserved(jobId, uint128(unreservedWei));
        vm.stopPrank();
        vm.assertEq(rushes.getJob(jobId).unreservedWei, 0);
    }

    function test_closeJob_openLeasesRunOn() external {
        bytes32 jobId = _order();
        uint64 leaseId = _take(jobId, 1);
        vm.prank(artist);
        rushes.closeJob(jobId);
        vm.assertEq(rushes.getJob(jobId).unreservedWei, 0);
        bytes32[] memory proof = _proof(0);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.JobNotOpen.selector, jobId));
        rushes.takeLease(jobId, 0, 2, fullWord, proof);
        _pass(41);
        rushes.expire(leaseId);
        _expectState(leaseId, LeaseState.Expired);
        vm.startPrank(artist);
        rushes.withdrawUnreserved(jobId, uint128(_payWei(1) + 2 * _payWei(1) / 10));
        vm.expectRevert(abi.encodeWithSelector(IRushes.JobNotOpen.selector, jobId));
        rushes.closeJob(jobId);
        vm.stopPrank();
    }
}
