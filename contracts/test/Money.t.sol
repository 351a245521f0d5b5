// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Account, IRushes, JobRequest, Lease, LeaseState, Role} from "../IRushes.sol";
import {PolicyValues} from "../IPolicy.sol";
import {Network} from "./Network.sol";
import {VectorFile} from "./VectorFile.sol";

/// @notice The contract's half of test/vectors/leaseMoney.json: leases taken, expired, redrafted, convicted and kept
/// silent about, to the wei that protocol/pricing.ts computed.
contract MoneyTest is Network, VectorFile {
    bytes32 private _jobId;
    uint256 private _mask;

    function test_take_reservesAndLocks() external {
        uint256 count = _read("leaseMoney");
        for (uint256 i; i < count; ++i) {
            _begin(i);
            uint256 neededWei = _uint(i, "neededWei");
            _register(worker, Role.Worker, neededWei - 1);
            bytes32[] memory proof = _proof(0);
            vm.prank(worker);
            vm.expectRevert(abi.encodeWithSelector(IRushes.StakeTooLow.selector, worker, neededWei - 1, neededWei));
            rushes.takeLease(_jobId, 0, _mask, fullWord, proof);
            vm.prank(worker);
            rushes.topUpStake(1);

            Lease memory lease = rushes.getLease(_take(_jobId, _mask));
            _expect(lease.payWei, i, "payWei");
            _expect(lease.feeWei, i, "feeWei");
            _expect(lease.reservedWei, i, "reservedWei");
            _expect(BUDGET_WEI - rushes.getJob(_jobId).unreservedWei, i, "reservedWei");
            _expect(rushes.getAccount(worker).lockedWei, i, "bondWei");
        }
    }

    function test_take_countsTheBondsOfOtherLeases() external {
        uint256 count = _read("leaseMoney");
        uint256 refused;
        for (uint256 i; i < count; ++i) {
            _begin(i);
            uint256 neededWei = _uint(i, "neededWei");
            uint256 secondNeededWei = _uint(i, "secondNeededWei");
            _register(worker, Role.Worker, neededWei);
            _take(_jobId, _mask);
            bytes32 second = _orderAt(i, "second");
            if (secondNeededWei > neededWei) {
                ++refused;
                bytes32[] memory proof = _proof(0);
                vm.prank(worker);
                vm.expectRevert(
                    abi.encodeWithSelector(IRushes.StakeTooLow.selector, worker, neededWei, secondNeededWei)
                );
                rushes.takeLease(second, 0, _mask, fullWord, proof);
                vm.prank(worker);
                rushes.topUpStake(secondNeededWei - neededWei);
            }
            _take(second, _mask);
            vm.assertEq(rushes.getAccount(worker).lockedWei, 2 * _uint(i, "bondWei"));
        }
        vm.assertTrue(refused > 0 && refused < count);
    }

    function test_expire_burnsTheBond() external {
        uint256 count = _read("leaseMoney");
        for (uint256 i; i < count; ++i) {
            _begin(i);
            _register(worker, Role.Worker, _uint(i, "neededWei"));
            uint64 leaseId = _take(_jobId, _mask);
            uint256 supplyWei = token.totalSupply();
            _expire(leaseId);
            _expectState(leaseId, LeaseState.Expired);
            _expect(supplyWei - token.totalSupply(), i, "expiryBurnedWei");
            Account memory account = rushes.getAccount(worker);
            _expect(_uint(i, "neededWei") - account.stakeWei, i, "expiryBurnedWei");
            vm.assertEq(account.lockedWei, 0);
            vm.assertEq(rushes.owedWei(artist), 0);
            vm.assertEq(rushes.getJob(_jobId).unreservedWei, BUDGET_WEI);
        }
    }

    function test_convict_dividesTheCut() external {
        uint256 count = _read("leaseMoney");
        for (uint256 i; i < count; ++i) {
            _begin(i);
            _register(worker, Role.Worker, _uint(i, "stakeWei"));
            uint64 leaseId = _toSealedAfterRedraft();
            _expect(rushes.getLease(leaseId).feeWei, i, "redraftFeeWei");
            uint256 supplyWei = token.totalSupply();
            _expire(leaseId);
            _expectState(leaseId, LeaseState.Convicted);
            _expect(_uint(i, "stakeWei") - rushes.getAccount(worker).stakeWei, i, "convictionCutWei");
            _expect(rushes.owedWei(artist), i, "convictionToArtistWei");
            _expect(supplyWei - token.totalSupply(), i, "convictionBurnedWei");
            for (uint256 k; k < _uint(i, "verifierCount"); ++k) {
                _expect(rushes.owedWei(verifiers[k]), i, "redraftFeeWei");
            }
        }
    }

    function test_expire_cutsSilentVerifiers() external {
        uint256 count = _read("leaseMoney");
        for (uint256 i; i < count; ++i) {
            _begin(i);
            _register(worker, Role.Worker, _uint(i, "stakeWei"));
            uint64 leaseId = _toSealedAfterRedraft();
            vm.prank(worker);
            rushes.open(leaseId, "opening");
            uint256 supplyWei = token.totalSupply();
            _expire(leaseId);
            _expectState(leaseId, LeaseState.Void);
            uint256 verifierCount = _uint(i, "verifierCount");
            for (uint256 k; k < verifierCount; ++k) {
                uint256 stakeWei = rushes.getAccount(verifiers[k]).stakeWei;
                _expect(_uint(i, "verifierStakeWei") - stakeWei, i, "silentBurnedWei");
            }
            vm.assertEq(supplyWei - token.totalSupply(), verifierCount * _uint(i, "silentBurnedWei"));
        }
    }

    /// @dev A fresh network under the policy of a case, and its job.
    function _begin(uint256 i) private {
        policy = deployPolicy(_policyOf(i));
        rushes = deployRushes(address(token), address(policy));
        uint256[] memory weights = vm.parseJsonUintArray(_json, _at(i, "weights"));
        fullWord = new bytes(512);
        for (uint256 k; k < weights.length; ++k) {
            (fullWord[2 * k], fullWord[2 * k + 1]) = (bytes1(uint8(weights[k] >> 8)), bytes1(uint8(weights[k])));
        }
        _mask = (1 << weights.length) - 1;
        weightsRoot = sha256(abi.encodePacked(uint8(1), _proof(1)[0], _proof(0)[0]));
        delete verifiers;
        for (uint256 k; k < _uint(i, "verifierCount"); ++k) {
            verifiers.push(vm.addr(100 + k));
            _register(verifiers[k], Role.Verifier, _uint(i, "verifierStakeWei"));
        }
        vm.roll(vm.getBlockNumber() + 1);
        _fund(artist);
        _jobId = _orderAt(i, "nonce");
    }

    function _orderAt(uint256 i, bytes32 nonce) private returns (bytes32) {
        JobRequest memory request = _request(nonce);
        request.pricePerUnitWei = uint128(_uint(i, "pricePerUnitWei"));
        request.deadline = type(uint48).max;
        vm.prank(artist);
        return rushes.createJob(request);
    }

    function _policyOf(uint256 i) private view returns (PolicyValues memory values) {
        values = localPolicy();
        values.maxUnitsPerLease = 100_000;
        values.unbondingSeconds = 1_000_000;
        values.minVerifierStakeWei = 1;
        values.verifierCount = uint8(_uint(i, "verifierCount"));
        values.feeBps = uint16(_uint(i, "feeBps"));
        values.redraftFeeBps = uint16(_uint(i, "redraftFeeBps"));
        values.bondBps = uint16(_uint(i, "bondBps"));
        values.slashBps = uint16(_uint(i, "slashBps"));
        values.silentBps = uint16(_uint(i, "silentBps"));
        values.compensationBps = uint16(_uint(i, "compensationBps"));
        values.stakeRewards = uint16(_uint(i, "stakeRewards"));
        values.minWorkerStakeWei = uint96(_uint(i, "minWorkerStakeWei"));
    }

    /// @dev Nobody seals before the redraft, every verifier after.
    function _toSealedAfterRedraft() private returns (uint64 leaseId) {
        leaseId = _take(_jobId, _mask);
        _commit(leaseId);
        bytes memory header = _mineDraw(leaseId, "mix");
        _expire(leaseId);
        for (uint256 k; k < verifiers.length; ++k) {
            _seal(leaseId, verifiers[k], k == 0 ? header : bytes(""));
        }
        _expectState(leaseId, LeaseState.Sealed);
    }

    function _expire(uint64 leaseId) private {
        vm.warp(uint256(rushes.getLease(leaseId).deadline) + 1);
        rushes.expire(leaseId);
    }
}
