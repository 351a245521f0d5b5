// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PolicyValues} from "../IPolicy.sol";
import {Audit, IRushes, JobRequest, LeafAnswer, Lease, LeaseState, Role, Verdict, VoidReason} from "../IRushes.sol";
import {Commitments} from "../Commitments.sol";
import {Network} from "./Network.sol";
import {TreeBuilder} from "./TreeBuilder.sol";

/// @notice One job, and leases of it.
abstract contract OneJob is Network {
    bytes32 internal jobId;

    function setUp() public virtual override {
        super.setUp();
        jobId = _order();
    }

    function _committed(uint256 mask) internal returns (uint64 leaseId) {
        leaseId = _take(jobId, mask);
        _commit(leaseId);
    }

    function _expectAllBalanced() internal view {
        bytes32[] memory jobIds = new bytes32[](1);
        jobIds[0] = jobId;
        address[] memory accounts = new address[](4 + verifiers.length);
        (accounts[0], accounts[1], accounts[2], accounts[3]) = (worker, worker2, artist, stranger);
        for (uint256 i; i < verifiers.length; ++i) {
            accounts[4 + i] = verifiers[i];
        }
        _expectBalanced(jobIds, accounts);
    }
}

contract AuditsTest is OneJob {
    // ------------------------------------------------------------------------------------------------ seals

    function test_seal_needsTheHeaderOfTheDrawBlock() external {
        uint64 leaseId = _committed(1);
        uint256 drawBlock = rushes.getLease(leaseId).drawBlock;
        bytes memory header = _header(drawBlock, "mix");
        vm.startPrank(verifiers[0]);
        vm.roll(drawBlock);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DrawBlockNotMined.selector, leaseId, drawBlock, drawBlock));
        rushes.seal(leaseId, header, "seal");
        vm.roll(drawBlock + 1);
        vm.setBlockhash(drawBlock, "hash");
        vm.expectRevert(
            abi.encodeWithSelector(IRushes.HeaderMismatch.selector, drawBlock, bytes32("hash"), keccak256(header))
        );
        rushes.seal(leaseId, header, "seal");
        vm.expectRevert(
            abi.encodeWithSelector(IRushes.HeaderMismatch.selector, drawBlock, bytes32("hash"), keccak256(""))
        );
        rushes.seal(leaseId, "", "seal");
        vm.roll(drawBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IRushes.BlockHashUnavailable.selector, drawBlock));
        rushes.seal(leaseId, header, "seal");
        vm.stopPrank();
    }

    function test_seal_twoDrawnOfThree() external {
        uint64 leaseId = _committed(3);
        bytes memory header = _mineDraw(leaseId, "mix");
        uint256 sealed_;
        for (uint256 i; i < 3 && sealed_ < 2; ++i) {
            bytes32 sealHash = _sealHash(leaseId, verifiers[i]);
            vm.prank(verifiers[i]);
            try rushes.seal(leaseId, sealed_ == 0 ? header : bytes(""), sealHash) {
                vm.snapshotGasLastCall("Rushes", sealed_ == 0 ? "seal, first, 3 candidates" : "seal, second");
                ++sealed_;
            } catch (bytes memory reason) {
                bytes memory notDrawn = abi.encodeWithSelector(IRushes.NotDrawn.selector, leaseId, verifiers[i]);
                vm.assertEq(keccak256(reason), keccak256(notDrawn));
            }
        }
        vm.assertEq(sealed_, 2);
        _expectState(leaseId, LeaseState.Sealed);
        vm.assertEq(rushes.getLease(leaseId).deadline, vm.getBlockTimestamp() + 20);
    }

    function test_seal_refuses() external {
        uint64 leaseId = _committed(1);
        bytes memory header = _mineDraw(leaseId, "mix");
        vm.prank(verifiers[0]);
        vm.expectRevert(abi.encodeWithSelector(IRushes.ZeroValue.selector));
        rushes.seal(leaseId, header, 0);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotDrawn.selector, leaseId, worker));
        rushes.seal(leaseId, header, "seal");
        uint256 deadline = rushes.getLease(leaseId).deadline;
        vm.warp(deadline + 1);
        vm.prank(verifiers[0]);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DeadlineOver.selector, leaseId, deadline, deadline + 1));
        rushes.seal(leaseId, header, "seal");
    }

    function test_seal_openPlacesWhereTooFewAreCandidates() external {
        // Two verifiers leave before the commitment: one candidate is left for two places.
        vm.prank(verifiers[0]);
        rushes.beginUnbonding();
        vm.prank(verifiers[1]);
        rushes.beginUnbonding();
        vm.roll(150);
        uint64 leaseId = _committed(1);
        bytes memory header = _mineDraw(leaseId, "mix");
        _seal(leaseId, verifiers[2], header);
        vm.assertEq(rushes.getAudits(leaseId).length, 1);
        vm.prank(verifiers[2]);
        vm.expectRevert(abi.encodeWithSelector(IRushes.AlreadySealed.selector, leaseId, verifiers[2]));
        rushes.seal(leaseId, "", "again");
        vm.assertTrue(!rushes.maySeal(leaseId, verifiers[0]));
        _register(stranger, Role.Verifier, 100 ether);
        vm.assertTrue(rushes.maySeal(leaseId, stranger));
        _seal(leaseId, stranger, "");
        _expectState(leaseId, LeaseState.Sealed);
    }

    // ---------------------------------------------------------------------------------------------- rulings

    function test_reveal_allPass() external {
        (uint64 leaseId, address first, address second) = _toOpened(jobId, 0xf);
        vm.snapshotGasLastCall("Rushes", "open");
        _reveal(leaseId, first, Verdict.Pass);
        vm.snapshotGasLastCall("Rushes", "reveal, first");
        _reveal(leaseId, second, Verdict.Pass);
        vm.snapshotGasLastCall("Rushes", "reveal, last, pass");
        _expectState(leaseId, LeaseState.Payable);
        uint256 feeWei = _payWei(4) / 20;
        vm.assertEq(rushes.owedWei(worker), _payWei(4));
        vm.assertEq(rushes.owedWei(first), feeWei);
        vm.assertEq(rushes.owedWei(second), feeWei);
        vm.assertEq(rushes.getJob(jobId).unreservedWei, BUDGET_WEI - _payWei(4) - 2 * feeWei);
        vm.assertEq(rushes.getJob(jobId).paidChunks, 4);
        vm.assertEq(rushes.takenMask(jobId, 0), 0xf);
        vm.assertEq(rushes.getAccount(worker).lockedWei, 0);
        vm.assertEq(rushes.getAccount(first).openAudits, 0);
        _expectAllBalanced();
        vm.prank(worker);
        rushes.withdraw();
        vm.snapshotGasLastCall("Rushes", "withdraw");
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NothingOwed.selector, worker));
        rushes.withdraw();
        _expectAllBalanced();
    }

    function test_reveal_completesTheJob() external {
        JobRequest memory request = _request("small");
        request.chunkCount = 2;
        vm.prank(artist);
        bytes32 small = rushes.createJob(request);
        (uint64 leaseId, address first, address second) = _toOpened(small, 3);
        _reveal(leaseId, first, Verdict.Pass);
        vm.expectEmit(address(rushes));
        emit IRushes.JobCompleted(small);
        _reveal(leaseId, second, Verdict.Pass);
        bytes32[] memory proof = _proof(0);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.JobNotOpen.selector, small));
        rushes.takeLease(small, 0, 1, fullWord, proof);
    }

    function test_reveal_allConvict() external {
        uint64 other = _take(jobId, 1 << 20);
        (uint64 leaseId, address first, address second) = _toOpened(jobId, 0xf);
        uint256 supplyWei = token.totalSupply();
        _reveal(leaseId, first, Verdict.Convict);
        _reveal(leaseId, second, Verdict.Convict);
        vm.snapshotGasLastCall("Rushes", "reveal, last, convict");
        _expectState(leaseId, LeaseState.Convicted);
        uint256 feeWei = _payWei(4) / 20;
        vm.assertEq(rushes.owedWei(first), feeWei);
        vm.assertEq(rushes.owedWei(artist), 2 * feeWei + _payWei(4));
        vm.assertEq(supplyWei - token.totalSupply(), STAKE_WEI - 2 * feeWei - _payWei(4));
        vm.assertEq(rushes.getAccount(worker).stakeWei, 0);
        vm.assertEq(rushes.getAccount(worker).convictions, 1);
        vm.assertEq(rushes.takenMask(jobId, 0), 1 << 20);

        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WorkerConvicted.selector, other, worker));
        rushes.commit(other, "root", "outputs");
        vm.expectEmit(address(rushes));
        emit IRushes.LeaseVoided(other, VoidReason.WorkerConvicted);
        rushes.voidConvicted(other);
        vm.assertEq(rushes.getAccount(worker).openLeases, 0);
        vm.assertEq(rushes.getAccount(worker).lockedWei, 0);

        // A lease taken after is a lease like any other.
        vm.prank(worker);
        rushes.topUpStake(STAKE_WEI);
        uint64 later = _take(jobId, 1);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WorkerNotConvicted.selector, later, worker));
        rushes.voidConvicted(later);
        _commit(later);
        _expectAllBalanced();
    }

    function testFuzz_reveal_rules(uint8 one, uint8 two) external {
        (Verdict verdict1, Verdict verdict2) = (Verdict(one % 3 + 1), Verdict(two % 3 + 1));
        (uint64 leaseId, address first, address second) = _toOpened(jobId, 5);
        _reveal(leaseId, first, verdict1);
        _expectState(leaseId, LeaseState.Opened);
        _reveal(leaseId, second, verdict2);
        if (verdict1 == Verdict.Pass && verdict2 == Verdict.Pass) _expectState(leaseId, LeaseState.Payable);
        else if (verdict1 == Verdict.Convict && verdict2 == Verdict.Convict) _expectState(leaseId, LeaseState.Convicted);
        else _expectVoidAndBarred(leaseId);
        // Whatever it says, a verifier earns the same.
        vm.assertEq(rushes.owedWei(first), _payWei(2) / 20);
        vm.assertEq(rushes.owedWei(second), _payWei(2) / 20);
        _expectAllBalanced();
    }

    function _expectVoidAndBarred(uint64 leaseId) private {
        _expectState(leaseId, LeaseState.Void);
        vm.assertEq(rushes.barredMask(jobId, 0, worker), 5);
        vm.assertEq(rushes.takenMask(jobId, 0), 0);
        bytes32[] memory proof = _proof(0);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.ChunksBarred.selector, jobId, 0, 4));
        rushes.takeLease(jobId, 0, 12, fullWord, proof);
        _register(worker2, Role.Worker, STAKE_WEI);
        _takeAs(worker2, jobId, 0, 5);
    }

    function test_reveal_refuses() external {
        (uint64 leaseId, address first, address second) = _toOpened(jobId, 1);
        vm.startPrank(first);
        vm.expectRevert(abi.encodeWithSelector(IRushes.VerdictUnknown.selector, Verdict.None));
        rushes.reveal(leaseId, Verdict.None, "", _valuesHash(first), _secret(first));
        bytes32 sealHash = rushes.getAudits(leaseId)[0].sealHash;
        vm.expectRevert(abi.encodeWithSelector(IRushes.SealMismatch.selector, leaseId, first, sealHash));
        rushes.reveal(leaseId, Verdict.Pass, "", _valuesHash(second), _secret(first));
        rushes.reveal(leaseId, Verdict.Pass, "", _valuesHash(first), _secret(first));
        vm.expectRevert(abi.encodeWithSelector(IRushes.AlreadyRevealed.selector, leaseId, first));
        rushes.reveal(leaseId, Verdict.Pass, "", _valuesHash(first), _secret(first));
        vm.stopPrank();
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotSealed.selector, leaseId, worker));
        rushes.reveal(leaseId, Verdict.Pass, "", 0, 0);
        uint256 deadline = rushes.getLease(leaseId).deadline;
        vm.warp(deadline + 1);
        vm.prank(second);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DeadlineOver.selector, leaseId, deadline, deadline + 1));
        rushes.reveal(leaseId, Verdict.Pass, "", _valuesHash(second), _secret(second));
    }

    function test_open_onlyTheWorkerOnlyWhenSealed() external {
        uint64 leaseId = _committed(1);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.WrongState.selector, leaseId, LeaseState.Committed));
        rushes.open(leaseId, "opening");
        _sealByDrawn(leaseId);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NotWorker.selector, leaseId, stranger));
        rushes.open(leaseId, "opening");
        uint256 deadline = rushes.getLease(leaseId).deadline;
        vm.warp(deadline + 1);
        vm.prank(worker);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DeadlineOver.selector, leaseId, deadline, deadline + 1));
        rushes.open(leaseId, "opening");
    }

    // ----------------------------------------------------------------------------------------------- exits

    function test_expire_redraftThenVoid() external {
        uint64 leaseId = _committed(1);
        bytes memory header = _mineDraw(leaseId, "mix");
        _pass(41);
        rushes.expire(leaseId);
        vm.snapshotGasLastCall("Rushes", "expire, redraft");
        vm.assertTrue(rushes.getLease(leaseId).redrafted);
        vm.assertEq(rushes.getLease(leaseId).feeWei, _payWei(1) / 10);
        // Any verifier may seal now: nobody is drawn.
        _seal(leaseId, verifiers[1], header);
        vm.assertEq(rushes.getAudits(leaseId).length, 1);
        _pass(41);
        rushes.expire(leaseId);
        _expectState(leaseId, LeaseState.Void);
        vm.assertEq(rushes.barredMask(jobId, 0, worker), 0);
        vm.assertEq(rushes.owedWei(verifiers[1]), 0);
        vm.assertEq(rushes.getJob(jobId).unreservedWei, BUDGET_WEI);
        vm.assertEq(rushes.getAccount(verifiers[1]).openAudits, 0);
        vm.assertEq(rushes.getAccount(worker).stakeWei, STAKE_WEI);
        _expectAllBalanced();
    }

    function test_expire_redraftKeepsSealsAndPaysTheHigherFee() external {
        uint64 leaseId = _committed(1);
        bytes memory header = _mineDraw(leaseId, "mix");
        address sealer;
        for (uint256 i; i < 3 && sealer == address(0); ++i) {
            bytes32 sealHash = _sealHash(leaseId, verifiers[i]);
            vm.prank(verifiers[i]);
            try rushes.seal(leaseId, header, sealHash) {
                sealer = verifiers[i];
            } catch {}
        }
        address undrawn;
        (address first, address second) = _drawn(leaseId);
        for (uint256 i; i < 3; ++i) {
            if (verifiers[i] != first && verifiers[i] != second) undrawn = verifiers[i];
        }
        _pass(41);
        rushes.expire(leaseId);
        vm.assertTrue(rushes.maySeal(leaseId, undrawn));
        _seal(leaseId, undrawn, "");
        vm.prank(worker);
        rushes.open(leaseId, "opening");
        _reveal(leaseId, sealer, Verdict.Pass);
        _reveal(leaseId, undrawn, Verdict.Pass);
        _expectState(leaseId, LeaseState.Payable);
        vm.assertEq(rushes.owedWei(sealer), _payWei(1) / 10);
        vm.assertEq(rushes.owedWei(undrawn), _payWei(1) / 10);
        vm.assertEq(rushes.getJob(jobId).unreservedWei, BUDGET_WEI - _payWei(1) * 12 / 10);
        _expectAllBalanced();
    }

    function test_expire_freshDrawBlockWhenTheFirstIsTooOld() external {
        uint64 leaseId = _committed(1);
        uint256 drawBlock = rushes.getLease(leaseId).drawBlock;
        vm.roll(drawBlock + 300);
        _pass(41);
        rushes.expire(leaseId);
        vm.assertEq(rushes.getLease(leaseId).drawBlock, drawBlock + 302);
        bytes memory header = _mineDraw(leaseId, "mix");
        _seal(leaseId, verifiers[0], header);
    }

    function test_expire_notOpened() external {
        uint64 leaseId = _committed(1);
        (address first, address second) = _sealByDrawn(leaseId);
        _pass(21);
        vm.prank(stranger);
        rushes.expire(leaseId);
        vm.snapshotGasLastCall("Rushes", "expire, not opened");
        _expectState(leaseId, LeaseState.Convicted);
        vm.assertEq(rushes.owedWei(first), _payWei(1) / 20);
        vm.assertEq(rushes.owedWei(second), _payWei(1) / 20);
        vm.assertEq(rushes.getAccount(worker).stakeWei, 0);
        _expectAllBalanced();
    }

    function test_expire_silentVerifier() external {
        (uint64 leaseId, address first, address second) = _toOpened(jobId, 1);
        _reveal(leaseId, first, Verdict.Pass);
        uint256 stakeWei = rushes.getAccount(second).stakeWei;
        _pass(21);
        rushes.expire(leaseId);
        _expectState(leaseId, LeaseState.Void);
        vm.assertEq(rushes.getAccount(second).stakeWei, stakeWei * 8 / 10);
        vm.assertEq(rushes.owedWei(first), _payWei(1) / 20);
        vm.assertEq(rushes.owedWei(second), 0);
        // Nobody found anything: the worker is not barred.
        vm.assertEq(rushes.barredMask(jobId, 0, worker), 0);
        _expectAllBalanced();
    }

    function test_expire_silentVerifierAfterAnAdverseReveal() external {
        (uint64 leaseId, address first,) = _toOpened(jobId, 1);
        _reveal(leaseId, first, Verdict.Convict);
        _pass(21);
        rushes.expire(leaseId);
        _expectState(leaseId, LeaseState.Void);
        vm.assertEq(rushes.barredMask(jobId, 0, worker), 1);
        vm.assertEq(rushes.getAccount(worker).stakeWei, STAKE_WEI);
    }

    // ---------------------------------------------------------------------------------------------- openings

    /// @dev A lease of chunks 2 and 5 whose trees have `leafCount` leaves; gives the answer for a position of chunk 5.
    function _openedTree(uint256 leafCount, uint256 position)
        private
        returns (uint64 leaseId, address first, LeafAnswer memory answer)
    {
        leaseId = _take(jobId, 36);
        bytes32[] memory leaves = new bytes32[](leafCount);
        for (uint256 i; i < leafCount; ++i) {
            leaves[i] = sha256(
                abi.encodePacked(
                    uint8(0),
                    jobId,
                    leaseId,
                    uint32(5),
                    uint32(i / 2),
                    uint32(i % 2),
                    keccak256(abi.encode(i)),
                    _sums(i)
                )
            );
        }
        bytes32[] memory chunkRoots = new bytes32[](2);
        chunkRoots[0] = "the other chunk";
        chunkRoots[1] = Commitments.chunkRootOf(TreeBuilder.rootOf(leaves), "pixels", "prepared", "kernel");
        bytes32 root = sha256(
            abi.encodePacked(uint8(3), block.chainid, address(rushes), leaseId, worker, TreeBuilder.rootOf(chunkRoots))
        );
        vm.prank(worker);
        rushes.commit(leaseId, root, "outputs");
        (first,) = _sealByDrawn(leaseId);
        vm.prank(worker);
        rushes.open(leaseId, "opening");
        answer = LeafAnswer({
            position: uint32(position),
            blockIndex: uint32(position / 2),
            batch: uint32(position % 2),
            salt: keccak256(abi.encode(position)),
            sums: position < leafCount ? _sums(position) : bytes(""),
            leafPath: TreeBuilder.pathOf(leaves, position),
            pixelHash: "pixels",
            preparedHash: "prepared",
            kernelHash: "kernel",
            chunkPath: TreeBuilder.pathOf(chunkRoots, 1)
        });
    }

    function _sums(uint256 index) private pure returns (bytes memory sums) {
        sums = new bytes(4096);
        for (uint256 i; i < 4096; i += 64) {
            sums[i] = bytes1(uint8(index + i / 64));
        }
    }

    function test_demandOpening_answered() external {
        (uint64 leaseId, address first, LeafAnswer memory answer) = _openedTree(6, 3);
        uint256 nowSeconds = vm.getBlockTimestamp();
        vm.startPrank(first);
        vm.expectRevert(abi.encodeWithSelector(IRushes.ChunkNotDrawn.selector, leaseId, 3));
        rushes.demandOpening(leaseId, 3, 3);
        vm.expectRevert(abi.encodeWithSelector(IRushes.ChunkNotDrawn.selector, leaseId, 261));
        rushes.demandOpening(leaseId, 261, 3);
        rushes.demandOpening(leaseId, 5, 3);
        vm.snapshotGasLastCall("Rushes", "demandOpening");
        vm.expectRevert(abi.encodeWithSelector(IRushes.AlreadyDemanded.selector, leaseId, first));
        rushes.demandOpening(leaseId, 5, 4);
        vm.expectRevert(abi.encodeWithSelector(IRushes.DemandPending.selector, leaseId, first, nowSeconds + 20));
        rushes.reveal(leaseId, Verdict.Pass, "", _valuesHash(first), _secret(first));
        vm.stopPrank();
        vm.assertEq(rushes.getLease(leaseId).deadline, nowSeconds + 40);

        LeafAnswer memory wrong = answer;
        wrong.batch ^= 1;
        vm.expectRevert(abi.encodeWithSelector(IRushes.OpeningMismatch.selector, leaseId, 5, 3));
        rushes.answerOpening(leaseId, first, wrong);
        wrong.batch ^= 1;
        wrong.position = 2;
        vm.expectRevert(abi.encodeWithSelector(IRushes.OpeningMismatch.selector, leaseId, 5, 3));
        rushes.answerOpening(leaseId, first, wrong);
        wrong.position = 3;
        vm.expectEmit(address(rushes));
        emit IRushes.OpeningAnswered(leaseId, first, 5, 3, true);
        rushes.answerOpening(leaseId, first, answer);
        vm.snapshotGasLastCall("Rushes", "answerOpening");
        vm.expectRevert(abi.encodeWithSelector(IRushes.NoDemand.selector, leaseId, first));
        rushes.answerOpening(leaseId, first, answer);
        _reveal(leaseId, first, Verdict.Pass);
    }

    function test_demandOpening_ofWhatTheTreeDoesNotHave() external {
        (uint64 leaseId, address first, LeafAnswer memory answer) = _openedTree(6, 7);
        vm.prank(first);
        rushes.demandOpening(leaseId, 5, 7);
        vm.expectEmit(address(rushes));
        emit IRushes.OpeningAnswered(leaseId, first, 5, 7, false);
        rushes.answerOpening(leaseId, first, answer);
    }

    function test_demandOpening_beyondTheTree() external {
        (uint64 leaseId, address first, LeafAnswer memory answer) = _openedTree(6, 5);
        vm.prank(first);
        rushes.demandOpening(leaseId, 5, 8);
        vm.expectEmit(address(rushes));
        emit IRushes.OpeningAnswered(leaseId, first, 5, 8, false);
        rushes.answerOpening(leaseId, first, answer);
    }

    function test_demandOpening_unanswered() external {
        (uint64 leaseId, address first, LeafAnswer memory answer) = _openedTree(6, 3);
        _pass(19);
        vm.prank(first);
        rushes.demandOpening(leaseId, 5, 3);
        uint256 answerDeadline = vm.getBlockTimestamp() + 20;
        vm.warp(answerDeadline);
        vm.expectRevert(
            abi.encodeWithSelector(IRushes.DeadlineNotOver.selector, leaseId, answerDeadline + 20, answerDeadline)
        );
        rushes.expire(leaseId);
        vm.warp(answerDeadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IRushes.DeadlineOver.selector, leaseId, answerDeadline, answerDeadline + 1)
        );
        rushes.answerOpening(leaseId, first, answer);
        vm.prank(stranger);
        rushes.expire(leaseId);
        _expectState(leaseId, LeaseState.Convicted);
        _expectAllBalanced();
    }
}

/// @notice With a shift, some leases are not drawn at all.
contract UndrawnTest is OneJob {
    function localPolicy() internal pure override returns (PolicyValues memory p) {
        p = super.localPolicy();
        p.shift = 8;
    }

    function test_settleUndrawn() external {
        uint64 leaseId = _committed(1);
        // Chunk 0 is drawn once in 256: this header does not.
        bytes memory header = _mineDraw(leaseId, "mix");
        vm.prank(verifiers[0]);
        vm.expectRevert(abi.encodeWithSelector(IRushes.NothingDrawn.selector, leaseId));
        rushes.seal(leaseId, header, "seal");
        vm.prank(stranger);
        rushes.settleUndrawn(leaseId, header);
        vm.snapshotGasLastCall("Rushes", "settleUndrawn");
        _expectState(leaseId, LeaseState.Payable);
        vm.assertEq(rushes.owedWei(worker), _payWei(1));
        vm.assertEq(rushes.getJob(jobId).unreservedWei, BUDGET_WEI - _payWei(1));
        vm.expectRevert(abi.encodeWithSelector(IRushes.WrongState.selector, leaseId, LeaseState.Payable));
        rushes.settleUndrawn(leaseId, header);
        _expectAllBalanced();
    }

    function test_settleUndrawn_evenAfterTheDeadline() external {
        uint64 leaseId = _committed(1);
        bytes memory header = _mineDraw(leaseId, "mix");
        _pass(1_000);
        rushes.settleUndrawn(leaseId, header);
        _expectState(leaseId, LeaseState.Payable);
    }
}

/// @notice Where everything is drawn, nothing settles undrawn.
contract DrawnTest is OneJob {
    function test_settleUndrawn_whenSomethingIsDrawn() external {
        uint64 leaseId = _committed(3);
        bytes memory header = _mineDraw(leaseId, "mix");
        vm.expectRevert(abi.encodeWithSelector(IRushes.SomethingDrawn.selector, leaseId, 3));
        rushes.settleUndrawn(leaseId, header);
        (address first,) = _sealByDrawn(leaseId);
        vm.assertTrue(first != address(0));
        vm.expectRevert(abi.encodeWithSelector(IRushes.WrongState.selector, leaseId, LeaseState.Sealed));
        rushes.settleUndrawn(leaseId, header);
    }
}
