// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRushes, Job, JobRequest} from "./IRushes.sol";
import {Payments} from "./Payments.sol";
import {Policies} from "./Policies.sol";

/// @title Jobs
/// @notice Artists' orders, and the money that waits for them.
abstract contract Jobs is Payments, Policies {
    /// @notice The most chunks a job can have.
    uint256 public constant MAX_CHUNKS = 1 << 24;

    mapping(bytes32 jobId => Job) private _jobs;

    /// @inheritdoc IRushes
    function getJob(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IRushes
    function createJob(JobRequest calldata request) external nonReentrant returns (bytes32 jobId) {
        require(
            request.chunkCount != 0 && request.chunkCount <= MAX_CHUNKS,
            ChunkCountOutOfRange(request.chunkCount, MAX_CHUNKS)
        );
        require(request.deadline > block.timestamp, DeadlineInPast(request.deadline, block.timestamp));
        require(request.weightsRoot != bytes32(0), ZeroValue());
        jobId = sha256(
            abi.encodePacked(
                block.chainid, address(this), msg.sender, request.nonce, request.manifestDigest, request.termsDigest
            )
        );
        Job storage job = _jobs[jobId];
        require(job.artist == address(0), JobExists(jobId));
        _adoptOnce(request.policy);

        job.artist = msg.sender;
        job.deadline = request.deadline;
        job.policy = request.policy;
        job.chunkCount = request.chunkCount;
        job.pricePerUnitWei = request.pricePerUnitWei;
        job.weightsRoot = request.weightsRoot;
        emit JobCreated(
            jobId,
            msg.sender,
            request.nonce,
            request.manifestDigest,
            request.termsDigest,
            request.policy,
            request.chunkCount,
            request.weightsRoot,
            request.pricePerUnitWei,
            request.deadline
        );
        if (request.budgetWei != 0) _fund(jobId, job, request.budgetWei);
    }

    /// @inheritdoc IRushes
    function fundJob(bytes32 jobId, uint128 amountWei) external nonReentrant {
        require(amountWei != 0, ZeroValue());
        _fund(jobId, _openJob(jobId), amountWei);
    }

    /// @inheritdoc IRushes
    function closeJob(bytes32 jobId) external nonReentrant {
        Job storage job = _ownJob(jobId);
        require(!job.closed, JobNotOpen(jobId));
        job.closed = true;
        emit JobClosed(jobId);
        if (job.unreservedWei != 0) _withdrawUnreserved(jobId, job, job.unreservedWei);
    }

    /// @inheritdoc IRushes
    function withdrawUnreserved(bytes32 jobId, uint128 amountWei) external nonReentrant {
        require(amountWei != 0, ZeroValue());
        _withdrawUnreserved(jobId, _ownJob(jobId), amountWei);
    }

    function _job(bytes32 jobId) internal view returns (Job storage) {
        return _jobs[jobId];
    }

    /// @dev A job that leases can be taken from.
    function _openJob(bytes32 jobId) internal view returns (Job storage job) {
        job = _jobs[jobId];
        require(job.artist != address(0), JobUnknown(jobId));
        require(!job.closed && job.paidChunks < job.chunkCount, JobNotOpen(jobId));
    }

    function _ownJob(bytes32 jobId) private view returns (Job storage job) {
        job = _jobs[jobId];
        require(job.artist != address(0), JobUnknown(jobId));
        require(job.artist == msg.sender, NotArtist(jobId, msg.sender));
    }

    function _fund(bytes32 jobId, Job storage job, uint128 amountWei) private {
        job.unreservedWei += amountWei;
        emit JobFunded(jobId, msg.sender, amountWei);
        _pull(msg.sender, amountWei);
    }

    function _withdrawUnreserved(bytes32 jobId, Job storage job, uint128 amountWei) private {
        require(job.unreservedWei >= amountWei, UnreservedTooLow(jobId, job.unreservedWei, amountWei));
        job.unreservedWei -= amountWei;
        emit JobWithdrawn(jobId, amountWei);
        _push(msg.sender, amountWei);
    }
}
