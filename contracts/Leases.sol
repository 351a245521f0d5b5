// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Account, Audit, IRushes, Job, Lease, LeaseState, Role, VoidReason} from "./IRushes.sol";
import {PolicyValues} from "./IPolicy.sol";
import {Jobs} from "./Jobs.sol";
import {PolicyRules} from "./PolicyRules.sol";
import {Pricing} from "./Pricing.sol";
import {Stakes} from "./Stakes.sol";
import {Weights} from "./Weights.sol";

/// @title Leases
/// @notice Chunks taken by workers, exclusively and with their pay reserved, and every way a lease ends.
abstract contract Leases is Jobs, Stakes {
    using SafeCast for uint256;

    uint64 public lastLeaseId;
    mapping(uint64 leaseId => Lease) private _leases;
    /// @dev Verifiers drawn, and those who filled open places, of leases that are or were in audit.
    mapping(uint64 leaseId => Audit[]) internal _audits;
    mapping(bytes32 jobId => mapping(uint32 word => uint256)) public takenMask;
    mapping(bytes32 jobId => mapping(uint32 word => mapping(address worker => uint256))) public barredMask;

    /// @inheritdoc IRushes
    function getLease(uint64 leaseId) external view returns (Lease memory) {
        return _leases[leaseId];
    }

    /// @inheritdoc IRushes
    function getAudits(uint64 leaseId) external view returns (Audit[] memory) {
        return _audits[leaseId];
    }

    /// @inheritdoc IRushes
    function takeLease(
        bytes32 jobId,
        uint32 word,
        uint256 mask,
        bytes calldata weightsWord,
        bytes32[] calldata weightsProof
    ) external returns (uint64 leaseId) {
        Job storage job = _openJob(jobId);
        Account storage worker = _account(msg.sender);
        require(_isActive(worker, Role.Worker), NotActive(msg.sender, Role.Worker));
        _takeChunks(jobId, job.chunkCount, word, mask);
        require(Weights.isIn(job.weightsRoot, word, weightsWord, weightsProof), WeightsMismatch(jobId, word));

        leaseId = ++lastLeaseId;
        Lease storage lease = _leases[leaseId];
        lease.worker = msg.sender;
        lease.state = LeaseState.Taken;
        lease.word = word;
        lease.jobId = jobId;
        lease.mask = mask;
        lease.convictions = worker.convictions;
        {
            (uint256 units, uint256 chunks) = Weights.sum(weightsWord, mask);
            _price(lease, job, worker, units, chunks);
        }
        emit LeaseTaken(
            leaseId, jobId, msg.sender, word, mask, lease.payWei, lease.feeWei, lease.deadline, lease.reservedWei
        );
    }

    /// @inheritdoc IRushes
    function commit(uint64 leaseId, bytes32 root, bytes32 outputsDigest) external {
        Lease storage lease = _leaseIn(leaseId, LeaseState.Taken);
        require(lease.worker == msg.sender, NotWorker(leaseId, msg.sender));
        require(root != bytes32(0) && outputsDigest != bytes32(0), ZeroValue());
        PolicyValues storage policy = _policy(_job(lease.jobId).policy);

        lease.state = LeaseState.Committed;
        lease.root = root;
        lease.commitBlock = block.number.toUint48();
        lease.drawBlock = (block.number + policy.drawDelayBlocks).toUint64();
        lease.deadline = (block.timestamp + PolicyRules.sealWindowSeconds(policy, lease.units)).toUint48();
        emit LeaseCommitted(leaseId, root, outputsDigest, lease.drawBlock, lease.deadline);
    }

    /// @inheritdoc IRushes
    function voidConvicted(uint64 leaseId) external {
        Lease storage lease = _openLease(leaseId);
        require(_isForfeit(lease), WorkerNotConvicted(leaseId, lease.worker));
        _void(leaseId, lease, VoidReason.WorkerConvicted);
    }

    // ------------------------------------------------------------------------------------------- who may act

    /// @dev A lease in a state, before that state's deadline, whose worker was not convicted since.
    function _leaseIn(uint64 leaseId, LeaseState state) internal view returns (Lease storage lease) {
        lease = _leases[leaseId];
        require(lease.worker != address(0), LeaseUnknown(leaseId));
        require(lease.state == state, WrongState(leaseId, lease.state));
        require(!_isForfeit(lease), WorkerConvicted(leaseId, lease.worker));
        require(block.timestamp <= lease.deadline, DeadlineOver(leaseId, lease.deadline, block.timestamp));
    }

    function _openLease(uint64 leaseId) internal view returns (Lease storage lease) {
        lease = _leases[leaseId];
        require(lease.worker != address(0), LeaseUnknown(leaseId));
        require(lease.state <= LeaseState.Opened, WrongState(leaseId, lease.state));
    }

    function _lease(uint64 leaseId) internal view returns (Lease storage) {
        return _leases[leaseId];
    }

    /// @dev Whether the worker was convicted after it took this lease.
    function _isForfeit(Lease storage lease) internal view returns (bool) {
        return _account(lease.worker).convictions != lease.convictions;
    }

    // ---------------------------------------------------------------------------------------------- endings

    /// @dev Pays the worker and the verifiers who revealed.
    function _makePayable(uint64 leaseId, Lease storage lease) internal {
        lease.state = LeaseState.Payable;
        emit LeasePayable(leaseId, lease.payWei);
        _credit(lease.worker, lease.payWei);
        _end(leaseId, lease, lease.payWei + _payFees(leaseId, lease, false));

        Job storage job = _job(lease.jobId);
        job.paidChunks += uint32(_countBits(lease.mask));
        if (job.paidChunks == job.chunkCount) emit JobCompleted(lease.jobId);
    }

    /// @dev Ends a lease without pay. Verifiers are paid for what they revealed, or, if their worker was convicted, for
    /// what they sealed.
    function _void(uint64 leaseId, Lease storage lease, VoidReason reason) internal {
        lease.state = LeaseState.Void;
        emit LeaseVoided(leaseId, reason);
        _freeChunks(lease);
        _end(leaseId, lease, _payFees(leaseId, lease, reason == VoidReason.WorkerConvicted));
    }

    /// @dev Convicts the worker: the fees, then the artist's compensation come out of its stake, the rest of the cut is
    /// burned.
    function _convict(uint64 leaseId, Lease storage lease) internal {
        lease.state = LeaseState.Convicted;
        Job storage job = _job(lease.jobId);
        PolicyValues storage policy = _policy(job.policy);
        Account storage worker = _account(lease.worker);
        ++worker.convictions;
        uint256 cutWei = Pricing.convictionCutWei(policy, worker.stakeWei);
        uint256 artistWei = Pricing.artistShareWei(policy, lease.payWei, _feesWei(leaseId, lease, true));
        emit LeaseConvicted(leaseId, cutWei);
        _freeChunks(lease);
        _end(leaseId, lease, _payFees(leaseId, lease, true));
        _slash(lease.worker, cutWei, job.artist, artistWei);
    }

    /// @dev Ends a lease that was not committed in time. Its bond is burned, so that no artist gains by orders nobody
    /// can render.
    function _expireTaken(uint64 leaseId, Lease storage lease) internal {
        lease.state = LeaseState.Expired;
        (uint256 cutWei,,) = Pricing.divideCut(_account(lease.worker).stakeWei, _bondWei(lease), 0);
        emit LeaseExpired(leaseId, cutWei);
        _freeChunks(lease);
        _end(leaseId, lease, 0);
        _slash(lease.worker, cutWei, address(0), 0);
    }

    /// @dev Returns what was not spent, and lets go of the parties' stakes.
    function _end(uint64 leaseId, Lease storage lease, uint256 spentWei) private {
        Account storage worker = _account(lease.worker);
        --worker.openLeases;
        worker.lockedWei -= uint96(_bondWei(lease));
        Audit[] storage audits = _audits[leaseId];
        for (uint256 i; i < audits.length; ++i) {
            if (audits[i].sealHash != bytes32(0)) --_account(audits[i].verifier).openAudits;
        }
        uint256 releasedWei = lease.reservedWei - spentWei;
        if (releasedWei == 0) return;
        _job(lease.jobId).unreservedWei += uint128(releasedWei);
        emit LeaseReleased(leaseId, lease.jobId, releasedWei);
    }

    /// @param forSeals whether a seal is enough, because the worker is why there was no reveal
    function _payFees(uint64 leaseId, Lease storage lease, bool forSeals) private returns (uint256 paidWei) {
        Audit[] storage audits = _audits[leaseId];
        for (uint256 i; i < audits.length; ++i) {
            if (!_earnsFee(audits[i], forSeals)) continue;
            paidWei += lease.feeWei;
            _credit(audits[i].verifier, lease.feeWei);
        }
    }

    function _feesWei(uint64 leaseId, Lease storage lease, bool forSeals) private view returns (uint256 feesWei) {
        Audit[] storage audits = _audits[leaseId];
        for (uint256 i; i < audits.length; ++i) {
            if (_earnsFee(audits[i], forSeals)) feesWei += lease.feeWei;
        }
    }

    function _earnsFee(Audit storage audit, bool forSeals) private view returns (bool) {
        return forSeals ? audit.sealHash != bytes32(0) : uint8(audit.verdict) != 0;
    }

    function _bondWei(Lease storage lease) private view returns (uint256) {
        return Pricing.bondWei(_policy(_job(lease.jobId).policy), lease.payWei);
    }

    // ----------------------------------------------------------------------------------------------- chunks

    function _takeChunks(bytes32 jobId, uint256 chunkCount, uint32 word, uint256 mask) private {
        uint256 first = uint256(word) * 256;
        bool inside =
            mask != 0 && first < chunkCount && (chunkCount - first >= 256 || mask >> (chunkCount - first) == 0);
        require(inside, ChunksOutOfRange(jobId, word, mask));
        uint256 taken = takenMask[jobId][word];
        require(mask & taken == 0, ChunksTaken(jobId, word, mask & taken));
        uint256 barred = barredMask[jobId][word][msg.sender];
        require(mask & barred == 0, ChunksBarred(jobId, word, mask & barred));
        takenMask[jobId][word] = taken | mask;
    }

    function _freeChunks(Lease storage lease) private {
        takenMask[lease.jobId][lease.word] &= ~lease.mask;
    }

    function _barChunks(Lease storage lease) internal {
        barredMask[lease.jobId][lease.word][lease.worker] |= lease.mask;
    }

    /// @dev Reserves pay and fees, locks the bond, and sets the deadline.
    function _price(Lease storage lease, Job storage job, Account storage worker, uint256 units, uint256 chunks)
        private
    {
        PolicyValues storage policy = _policy(job.policy);
        require(
            chunks <= policy.maxChunksPerLease && units <= policy.maxUnitsPerLease,
            LeaseTooLarge(chunks, policy.maxChunksPerLease, units, policy.maxUnitsPerLease)
        );
        uint256 endsBy = block.timestamp + PolicyRules.longestPathSeconds(policy, units);
        require(endsBy <= job.deadline, TooLateForJob(lease.jobId, endsBy, job.deadline));

        uint256 payWei = Pricing.payWei(units, job.pricePerUnitWei);
        uint256 reservedWei = Pricing.reserveWei(policy, payWei);
        uint256 unreservedWei = job.unreservedWei;
        require(reservedWei <= unreservedWei, UnreservedTooLow(lease.jobId, unreservedWei, reservedWei));
        job.unreservedWei = uint128(unreservedWei - reservedWei);

        uint256 neededWei = Pricing.neededStakeWei(policy, payWei, chunks, worker.lockedWei);
        require(worker.stakeWei >= neededWei, StakeTooLow(msg.sender, worker.stakeWei, neededWei));
        worker.lockedWei += Pricing.bondWei(policy, payWei).toUint96();
        ++worker.openLeases;

        lease.payWei = payWei.toUint96();
        lease.reservedWei = reservedWei.toUint96();
        lease.feeWei = Pricing.feeWei(policy, payWei).toUint96();
        lease.units = units.toUint32();
        lease.deadline = (block.timestamp + PolicyRules.leaseWindowSeconds(policy, units)).toUint48();
    }

    function _countBits(uint256 mask) internal pure returns (uint256 count) {
        for (; mask != 0; mask &= mask - 1) {
            ++count;
        }
    }
}
