// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Account, Audit, IRushes, LeafAnswer, Lease, LeaseState, Role, Verdict, VoidReason} from "./IRushes.sol";
import {PolicyValues} from "./IPolicy.sol";
import {Commitments} from "./Commitments.sol";
import {Draw} from "./Draw.sol";
import {DrawHeader} from "./DrawHeader.sol";
import {Leases} from "./Leases.sol";
import {PolicyRules} from "./PolicyRules.sol";
import {Pricing} from "./Pricing.sol";
import {Roster} from "./Roster.sol";

/// @title Audits
/// @notice From the draw to the ruling: verifiers seal before the worker opens, and reveal after.
abstract contract Audits is Leases {
    using SafeCast for uint256;

    /// @inheritdoc IRushes
    function seal(uint64 leaseId, bytes calldata header, bytes32 sealHash) external {
        Lease storage lease = _leaseIn(leaseId, LeaseState.Committed);
        require(sealHash != bytes32(0), ZeroValue());
        PolicyValues storage policy = _policy(_job(lease.jobId).policy);
        Audit[] storage audits = _audits[leaseId];
        if (lease.seed == bytes32(0)) {
            uint256 drawn = _draw(leaseId, lease, header, policy);
            require(drawn != 0, NothingDrawn(leaseId));
        }

        uint256 place = _placeOf(audits, msg.sender);
        if (place == audits.length) {
            require(_mayFillPlace(lease, audits, policy, msg.sender), NotDrawn(leaseId, msg.sender));
            audits.push().verifier = msg.sender;
        }
        Audit storage audit = audits[place];
        require(audit.sealHash == bytes32(0), AlreadySealed(leaseId, msg.sender));
        Account storage verifier = _account(msg.sender);
        require(verifier.role == Role.Verifier, NotActive(msg.sender, Role.Verifier));

        audit.sealHash = sealHash;
        ++verifier.openAudits;
        ++lease.sealedCount;
        emit LeaseSealed(leaseId, msg.sender, sealHash);
        if (lease.sealedCount < policy.verifierCount) return;
        lease.state = LeaseState.Sealed;
        lease.deadline = (block.timestamp + policy.openSeconds).toUint48();
        emit LeaseSealsComplete(leaseId, lease.deadline);
    }

    /// @inheritdoc IRushes
    function settleUndrawn(uint64 leaseId, bytes calldata header) external {
        Lease storage lease = _openLease(leaseId);
        require(lease.state == LeaseState.Committed, WrongState(leaseId, lease.state));
        require(!_isForfeit(lease), WorkerConvicted(leaseId, lease.worker));
        PolicyValues storage policy = _policy(_job(lease.jobId).policy);
        uint256 drawn = lease.seed == bytes32(0)
            ? _draw(leaseId, lease, header, policy)
            : Draw.drawnMask(lease.seed, lease.mask, policy.shift);
        require(drawn == 0, SomethingDrawn(leaseId, drawn));
        _makePayable(leaseId, lease);
    }

    /// @inheritdoc IRushes
    function open(uint64 leaseId, bytes32 openingDigest) external {
        Lease storage lease = _leaseIn(leaseId, LeaseState.Sealed);
        require(lease.worker == msg.sender, NotWorker(leaseId, msg.sender));
        require(openingDigest != bytes32(0), ZeroValue());
        lease.state = LeaseState.Opened;
        lease.deadline = (block.timestamp + _policy(_job(lease.jobId).policy).revealSeconds).toUint48();
        emit LeaseOpened(leaseId, openingDigest, lease.deadline);
    }

    /// @inheritdoc IRushes
    function reveal(uint64 leaseId, Verdict verdict, bytes32 findingDigest, bytes32 valuesHash, bytes32 secret)
        external
        nonReentrant
    {
        Lease storage lease = _leaseIn(leaseId, LeaseState.Opened);
        require(verdict != Verdict.None, VerdictUnknown(verdict));
        Audit storage audit = _sealedAudit(leaseId, msg.sender);
        require(!_isDemandPending(audit), DemandPending(leaseId, msg.sender, audit.answerDeadline));
        require(
            Commitments.sealHashOf(msg.sender, leaseId, valuesHash, secret) == audit.sealHash,
            SealMismatch(leaseId, msg.sender, audit.sealHash)
        );
        audit.verdict = verdict;
        ++lease.revealedCount;
        emit LeaseRevealed(leaseId, msg.sender, verdict, findingDigest, valuesHash);
        if (lease.revealedCount == lease.sealedCount) _rule(leaseId, lease);
    }

    /// @inheritdoc IRushes
    function demandOpening(uint64 leaseId, uint32 chunkIndex, uint32 leafIndex) external {
        Lease storage lease = _leaseIn(leaseId, LeaseState.Opened);
        Audit storage audit = _sealedAudit(leaseId, msg.sender);
        require(audit.answerDeadline == 0, AlreadyDemanded(leaseId, msg.sender));
        PolicyValues storage policy = _policy(_job(lease.jobId).policy);
        uint256 drawn = Draw.drawnMask(lease.seed, lease.mask, policy.shift);
        require(
            chunkIndex / 256 == lease.word && (drawn >> (chunkIndex % 256)) & 1 == 1, ChunkNotDrawn(leaseId, chunkIndex)
        );

        audit.chunkIndex = chunkIndex;
        audit.leafIndex = leafIndex;
        audit.answerDeadline = (block.timestamp + policy.openSeconds).toUint48();
        uint256 revealDeadline = uint256(audit.answerDeadline) + policy.revealSeconds;
        if (revealDeadline > lease.deadline) lease.deadline = revealDeadline.toUint48();
        emit OpeningDemanded(leaseId, msg.sender, chunkIndex, leafIndex, audit.answerDeadline, lease.deadline);
    }

    /// @inheritdoc IRushes
    function answerOpening(uint64 leaseId, address verifier, LeafAnswer calldata answer) external {
        Lease storage lease = _leaseIn(leaseId, LeaseState.Opened);
        Audit storage audit = _sealedAudit(leaseId, verifier);
        require(_isDemandPending(audit), NoDemand(leaseId, verifier));
        require(block.timestamp <= audit.answerDeadline, DeadlineOver(leaseId, audit.answerDeadline, block.timestamp));
        (uint32 chunkIndex, uint32 leafIndex) = (audit.chunkIndex, audit.leafIndex);
        require(
            _isAboutLeaf(answer, leafIndex)
                && lease.root
                    == Commitments.rootFrom(
                        lease.jobId, leaseId, lease.worker, chunkIndex, _chunkPosition(lease.mask, chunkIndex), answer
                    ),
            OpeningMismatch(leaseId, chunkIndex, leafIndex)
        );
        audit.answered = true;
        bool present = answer.position == leafIndex && answer.sums.length != 0;
        emit OpeningAnswered(leaseId, verifier, chunkIndex, leafIndex, present);
    }

    /// @inheritdoc IRushes
    function expire(uint64 leaseId) external nonReentrant {
        Lease storage lease = _openLease(leaseId);
        if (_isForfeit(lease)) return _void(leaseId, lease, VoidReason.WorkerConvicted);
        if (lease.state == LeaseState.Opened && _hasOverdueDemand(leaseId)) return _convict(leaseId, lease);
        require(block.timestamp > lease.deadline, DeadlineNotOver(leaseId, lease.deadline, block.timestamp));

        if (lease.state == LeaseState.Taken) _expireTaken(leaseId, lease);
        else if (lease.state == LeaseState.Sealed) _convict(leaseId, lease);
        else if (lease.state == LeaseState.Opened) _voidSilent(leaseId, lease);
        else if (lease.redrafted) _void(leaseId, lease, VoidReason.NoShow);
        else _redraft(leaseId, lease);
    }

    /// @inheritdoc IRushes
    function maySeal(uint64 leaseId, address verifier) external view returns (bool) {
        Lease storage lease = _lease(leaseId);
        if (lease.state != LeaseState.Committed || block.timestamp > lease.deadline || _isForfeit(lease)) return false;
        if (lease.seed == bytes32(0) && !lease.redrafted) return false;
        Audit[] storage audits = _audits[leaseId];
        uint256 place = _placeOf(audits, verifier);
        if (place < audits.length) {
            return audits[place].sealHash == bytes32(0) && _account(verifier).role == Role.Verifier;
        }
        return _mayFillPlace(lease, audits, _policy(_job(lease.jobId).policy), verifier);
    }

    // ------------------------------------------------------------------------------------------------ draw

    /// @dev Reads the draw from the header. A redrafted lease draws no verifiers: all its places are open.
    function _draw(uint64 leaseId, Lease storage lease, bytes calldata header, PolicyValues storage policy)
        private
        returns (uint256 drawn)
    {
        uint256 drawBlock = lease.drawBlock;
        require(block.number > drawBlock, DrawBlockNotMined(leaseId, drawBlock, block.number));
        bytes32 seed = Draw.seedOf(DrawHeader.mixHashOf(drawBlock, header), leaseId);
        lease.seed = seed;
        drawn = Draw.drawnMask(seed, lease.mask, policy.shift);
        address[] memory picked;
        if (drawn != 0 && !lease.redrafted) {
            picked = Roster.draw(
                _roster, seed, lease.commitBlock, lease.worker, policy.minVerifierStakeWei, policy.verifierCount
            );
            for (uint256 i; i < picked.length; ++i) {
                _audits[leaseId].push().verifier = picked[i];
            }
        }
        emit LeaseDrawn(leaseId, seed, drawn, picked);
    }

    /// @dev Whether a verifier that was not drawn may seal: places are open where too few could be drawn, and after a
    /// redraft.
    function _mayFillPlace(Lease storage lease, Audit[] storage audits, PolicyValues storage policy, address verifier)
        private
        view
        returns (bool)
    {
        Account storage account = _account(verifier);
        return (lease.redrafted || audits.length < policy.verifierCount) && verifier != lease.worker
            && _isActive(account, Role.Verifier) && account.stakeWei >= policy.minVerifierStakeWei;
    }

    /// @dev Opens every place that has no seal to all verifiers, at the higher fee.
    function _redraft(uint64 leaseId, Lease storage lease) private {
        PolicyValues storage policy = _policy(_job(lease.jobId).policy);
        lease.redrafted = true;
        lease.feeWei = Pricing.redraftFeeWei(policy, lease.payWei).toUint96();
        lease.deadline = (block.timestamp + PolicyRules.sealWindowSeconds(policy, lease.units)).toUint48();
        if (lease.seed == bytes32(0) && DrawHeader.isOutOfReach(lease.drawBlock)) {
            lease.drawBlock = (block.number + policy.drawDelayBlocks).toUint64();
        }
        emit LeaseRedrafted(leaseId, lease.deadline, lease.feeWei, lease.drawBlock);
    }

    // ---------------------------------------------------------------------------------------------- rulings

    /// @dev Pass and convict need every verifier to agree.
    function _rule(uint64 leaseId, Lease storage lease) private {
        (uint256 passes, uint256 convicts) = _countVerdicts(leaseId);
        if (passes == lease.sealedCount) return _makePayable(leaseId, lease);
        if (convicts == lease.sealedCount) return _convict(leaseId, lease);
        _barChunks(lease);
        _void(leaseId, lease, VoidReason.Verdicts);
    }

    /// @dev Verifiers kept their reveals back. The worker is barred only by what the others found.
    function _voidSilent(uint64 leaseId, Lease storage lease) private {
        (uint256 passes,) = _countVerdicts(leaseId);
        if (passes != lease.revealedCount) _barChunks(lease);
        _void(leaseId, lease, VoidReason.Silent);
        PolicyValues storage policy = _policy(_job(lease.jobId).policy);
        Audit[] storage audits = _audits[leaseId];
        for (uint256 i; i < audits.length; ++i) {
            if (audits[i].sealHash == bytes32(0) || audits[i].verdict != Verdict.None) continue;
            address verifier = audits[i].verifier;
            _slash(verifier, Pricing.silentCutWei(policy, _account(verifier).stakeWei), address(0), 0);
        }
    }

    function _countVerdicts(uint64 leaseId) private view returns (uint256 passes, uint256 convicts) {
        Audit[] storage audits = _audits[leaseId];
        for (uint256 i; i < audits.length; ++i) {
            if (audits[i].verdict == Verdict.Pass) ++passes;
            if (audits[i].verdict == Verdict.Convict) ++convicts;
        }
    }

    // ---------------------------------------------------------------------------------------------- openings

    /// @dev Whether an answer says something about the demanded leaf: it is that leaf, or shows that the tree ends
    /// before it.
    function _isAboutLeaf(LeafAnswer calldata answer, uint32 leafIndex) private pure returns (bool) {
        if (answer.position == leafIndex) {
            return answer.sums.length == 0 || answer.sums.length == Commitments.LEAF_BYTES;
        }
        return answer.sums.length == Commitments.LEAF_BYTES && answer.leafPath.length < 32
            && uint256(leafIndex) >> answer.leafPath.length != 0;
    }

    /// @dev Where a chunk stands among the chunks of a mask.
    function _chunkPosition(uint256 mask, uint32 chunkIndex) private pure returns (uint256) {
        return _countBits(mask & ((uint256(1) << (chunkIndex % 256)) - 1));
    }

    function _isDemandPending(Audit storage audit) private view returns (bool) {
        return audit.answerDeadline != 0 && !audit.answered;
    }

    function _hasOverdueDemand(uint64 leaseId) private view returns (bool) {
        Audit[] storage audits = _audits[leaseId];
        for (uint256 i; i < audits.length; ++i) {
            if (_isDemandPending(audits[i]) && block.timestamp > audits[i].answerDeadline) return true;
        }
        return false;
    }

    /// @return place index of a verifier's audit; their number if it has none
    function _placeOf(Audit[] storage audits, address verifier) private view returns (uint256 place) {
        for (; place < audits.length; ++place) {
            if (audits[place].verifier == verifier) return place;
        }
    }

    function _sealedAudit(uint64 leaseId, address verifier) private view returns (Audit storage audit) {
        Audit[] storage audits = _audits[leaseId];
        uint256 place = _placeOf(audits, verifier);
        require(place < audits.length && audits[place].sealHash != bytes32(0), NotSealed(leaseId, verifier));
        audit = audits[place];
        require(audit.verdict == Verdict.None, AlreadyRevealed(leaseId, verifier));
    }
}
