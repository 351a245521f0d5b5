// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Account, Audit, IRushes, Job, JobRequest, Lease, LeaseState, Role, Verdict} from "../IRushes.sol";
import {PolicyValues} from "../IPolicy.sol";
import {Network} from "./Network.sol";

/// @notice Does what anyone might do, in any order, and keeps what must never break. Calls that the contract refuses
/// are part of it.
contract Handler is Network {
    bytes32[] public jobIds;
    address[] public accounts;
    /// @notice Calls that the contract accepted, by name.
    mapping(bytes32 name => uint256) public accepted;

    constructor() {
        setUp();
        jobIds.push(_order());
        _register(worker2, Role.Worker, 150 ether);
        accounts = [artist, worker, worker2, stranger, verifiers[0], verifiers[1], verifiers[2]];
    }

    /// @dev Of about thirty chunks, so many as a lease has here, none is drawn one time in three.
    function localPolicy() internal pure override returns (PolicyValues memory p) {
        p = super.localPolicy();
        p.shift = 5;
    }

    function rushesUnderTest() external view returns (IRushes) {
        return rushes;
    }

    function balanced() external view {
        _expectBalanced(jobIds, accounts);
    }

    // ---------------------------------------------------------------------------------------------- actions

    function order(uint256 seed, uint128 priceWei, uint64 lasts) external {
        if (jobIds.length >= 4) return;
        JobRequest memory request = _request(keccak256(abi.encode(seed, jobIds.length)));
        request.pricePerUnitWei = priceWei % 1e18;
        request.deadline = uint64(block.timestamp + 1 + lasts % 10_000);
        request.chunkCount = uint32(1 + seed % CHUNKS);
        vm.prank(artist);
        bytes32 jobId = rushes.createJob(request);
        jobIds.push(jobId);
        ++accepted["order"];
    }

    function take(uint256 seed, uint256 mask) external {
        if (rushes.lastLeaseId() >= 40) return;
        bytes32 jobId = _job(seed);
        uint32 word = uint32(seed >> 8) % 2;
        bytes memory call = abi.encodeCall(
            IRushes.takeLease, (jobId, word, mask & (mask >> 128), word == 0 ? fullWord : lastWord, _proof(word))
        );
        _call(seed % 2 == 0 ? worker : worker2, "take", call);
    }

    function commit(uint256 seed) external {
        uint64 leaseId = _lease(seed);
        _call(rushes.getLease(leaseId).worker, "commit", abi.encodeCall(IRushes.commit, (leaseId, "root", "outputs")));
    }

    function seal(uint256 seed) external {
        uint64 leaseId = _lease(seed);
        Lease memory lease = rushes.getLease(leaseId);
        if (lease.state != LeaseState.Committed) return;
        bytes memory header = _mineDraw(leaseId, keccak256(abi.encode(seed)));
        for (uint256 i; i < verifiers.length; ++i) {
            address verifier = verifiers[(seed % verifiers.length + i) % verifiers.length];
            _call(verifier, "seal", abi.encodeCall(IRushes.seal, (leaseId, header, _sealHash(leaseId, verifier))));
        }
    }

    function settleUndrawn(uint256 seed) external {
        uint64 leaseId = _lease(seed);
        if (rushes.getLease(leaseId).state != LeaseState.Committed) return;
        bytes memory header = _mineDraw(leaseId, keccak256(abi.encode(seed)));
        _call(stranger, "settleUndrawn", abi.encodeCall(IRushes.settleUndrawn, (leaseId, header)));
    }

    function open(uint256 seed) external {
        uint64 leaseId = _lease(seed);
        _call(rushes.getLease(leaseId).worker, "open", abi.encodeCall(IRushes.open, (leaseId, "opening")));
    }

    function reveal(uint256 seed, uint8 verdict) external {
        _reveal(_lease(seed), verifiers[(seed >> 16) % verifiers.length], verdict);
    }

    /// @notice Whatever comes next in the life of a lease, so that runs get far.
    function advance(uint256 seed, uint8 verdict) external {
        LeaseState state = rushes.getLease(_lease(seed)).state;
        if (state == LeaseState.Taken) {
            this.commit(seed);
        } else if (state == LeaseState.Committed) {
            this.seal(seed);
        } else if (state == LeaseState.Sealed) {
            this.open(seed);
        } else if (state == LeaseState.Opened) {
            for (uint256 i; i < 3; ++i) {
                _reveal(_lease(seed), verifiers[i], verdict);
            }
        }
    }

    function demand(uint256 seed) external {
        uint64 leaseId = _lease(seed);
        Lease memory lease = rushes.getLease(leaseId);
        uint32 bit;
        while (bit < 255 && (lease.mask >> bit) & 1 == 0) ++bit;
        address verifier = verifiers[(seed >> 16) % verifiers.length];
        _call(
            verifier, "demand", abi.encodeCall(IRushes.demandOpening, (leaseId, lease.word * 256 + bit, uint32(seed)))
        );
    }

    function expire(uint256 seed) external {
        _call(stranger, "expire", abi.encodeCall(IRushes.expire, (_lease(seed))));
    }

    function voidConvicted(uint256 seed) external {
        _call(stranger, "voidConvicted", abi.encodeCall(IRushes.voidConvicted, (_lease(seed))));
    }

    function withdraw(uint256 seed) external {
        _call(_who(seed), "withdraw", abi.encodeCall(IRushes.withdraw, ()));
    }

    function withdrawUnreserved(uint256 seed, uint128 amountWei) external {
        bytes32 jobId = _job(seed);
        uint128 unreservedWei = rushes.getJob(jobId).unreservedWei;
        amountWei = unreservedWei == 0 ? 1 : amountWei % unreservedWei / 8;
        _call(artist, "withdrawUnreserved", abi.encodeCall(IRushes.withdrawUnreserved, (jobId, amountWei)));
    }

    function closeJob(uint256 seed) external {
        if (seed % 8 == 0) _call(artist, "closeJob", abi.encodeCall(IRushes.closeJob, (_job(seed))));
    }

    function fundJob(uint256 seed, uint128 amountWei) external {
        _call(artist, "fundJob", abi.encodeCall(IRushes.fundJob, (_job(seed), amountWei % 10 ether)));
    }

    function stake(uint256 seed, uint96 amountWei) external {
        address who = _who(seed);
        if (seed % 16 == 0) _call(who, "beginUnbonding", abi.encodeCall(IRushes.beginUnbonding, ()));
        else if (seed % 3 == 0) _call(who, "withdrawStake", abi.encodeCall(IRushes.withdrawStake, ()));
        else _call(who, "topUpStake", abi.encodeCall(IRushes.topUpStake, (amountWei % 1_000 ether)));
    }

    function rejoin(uint256 seed) external {
        bool isWorker = seed % 2 == 0;
        address who = isWorker ? accounts[1 + seed % 2] : verifiers[(seed >> 8) % verifiers.length];
        bytes memory call =
            abi.encodeCall(IRushes.register, (isWorker ? Role.Worker : Role.Verifier, "wasm", STAKE_WEI));
        _call(who, "register", call);
    }

    function pass(uint16 seconds_) external {
        // Mostly within the windows, sometimes past them.
        _pass(seconds_ % 8 == 0 ? seconds_ % 4_000 : seconds_ % 8);
        vm.roll(vm.getBlockNumber() + 1 + seconds_ % 3);
    }

    // ------------------------------------------------------------------------------------------- invariants

    /// @notice No chunk is in two leases, and the bitmap is the union of those that hold their chunks.
    function chunksAreHeldOnce() external view {
        for (uint256 i; i < jobIds.length; ++i) {
            uint256[2] memory held;
            uint256 paidChunks;
            for (uint64 id = 1; id <= rushes.lastLeaseId(); ++id) {
                Lease memory lease = rushes.getLease(id);
                if (lease.jobId != jobIds[i] || lease.state > LeaseState.Payable) continue;
                vm.assertEq(held[lease.word] & lease.mask, 0, "chunks in two leases");
                held[lease.word] |= lease.mask;
                if (lease.state == LeaseState.Payable) paidChunks += _count(lease.mask);
            }
            vm.assertEq(rushes.takenMask(jobIds[i], 0), held[0], "word 0");
            vm.assertEq(rushes.takenMask(jobIds[i], 1), held[1], "word 1");
            vm.assertEq(rushes.getJob(jobIds[i]).paidChunks, paidChunks, "paid chunks");
        }
    }

    /// @notice What accounts say about open leases and audits is what there is.
    function accountsCountWhatIsOpen() external view {
        for (uint256 i; i < accounts.length; ++i) {
            (uint256 leases, uint256 lockedWei, uint256 audits) = _openOf(accounts[i]);
            Account memory account = rushes.getAccount(accounts[i]);
            vm.assertEq(account.openLeases, leases, "open leases");
            vm.assertEq(account.lockedWei, lockedWei, "locked stake");
            vm.assertEq(account.openAudits, audits, "open audits");
        }
    }

    function _openOf(address who) private view returns (uint256 leases, uint256 lockedWei, uint256 audits) {
        for (uint64 id = 1; id <= rushes.lastLeaseId(); ++id) {
            Lease memory lease = rushes.getLease(id);
            if (lease.state > LeaseState.Opened) continue;
            if (lease.worker == who) {
                ++leases;
                lockedWei += uint256(lease.payWei) / 10;
            }
            Audit[] memory all = rushes.getAudits(id);
            for (uint256 j; j < all.length; ++j) {
                if (all[j].verifier == who && all[j].sealHash != 0) ++audits;
            }
        }
    }

    /// @notice Everyone takes out what is theirs, once no lease is open.
    function leaveWithEverything() external {
        for (uint256 i; i < jobIds.length; ++i) {
            uint128 unreservedWei = rushes.getJob(jobIds[i]).unreservedWei;
            if (unreservedWei == 0) continue;
            vm.prank(artist);
            rushes.withdrawUnreserved(jobIds[i], unreservedWei);
        }
        for (uint256 i; i < accounts.length; ++i) {
            address who = accounts[i];
            if (rushes.getAccount(who).role != Role.None && rushes.getAccount(who).withdrawableAt == 0) {
                vm.prank(who);
                rushes.beginUnbonding();
            }
        }
        _pass(10_000);
        for (uint256 i; i < accounts.length; ++i) {
            address who = accounts[i];
            bool isIn = rushes.getAccount(who).role != Role.None;
            bool isOwed = rushes.owedWei(who) != 0;
            vm.startPrank(who);
            if (isIn) rushes.withdrawStake();
            if (isOwed) rushes.withdraw();
            vm.stopPrank();
        }
    }

    // -------------------------------------------------------------------------------------------------- parts

    function _call(address who, bytes32 name, bytes memory data) private {
        vm.prank(who);
        (bool success,) = address(rushes).call(data);
        if (success) ++accepted[name];
    }

    function _lease(uint256 seed) private view returns (uint64) {
        uint64 last = rushes.lastLeaseId();
        return last == 0 ? 0 : uint64(seed % last) + 1;
    }

    function _reveal(uint64 leaseId, address verifier, uint8 choice) private {
        // Mostly passes, so that a run does not end with every worker convicted.
        Verdict verdict = choice < 200 ? Verdict.Pass : choice < 225 ? Verdict.Void : Verdict.Convict;
        bytes memory call =
            abi.encodeCall(IRushes.reveal, (leaseId, verdict, "finding", _valuesHash(verifier), _secret(verifier)));
        _call(verifier, "reveal", call);
    }

    function _job(uint256 seed) private view returns (bytes32) {
        return jobIds[(seed >> 32) % jobIds.length];
    }

    function _who(uint256 seed) private view returns (address) {
        return accounts[(seed >> 8) % accounts.length];
    }

    function _count(uint256 mask) private pure returns (uint256 count) {
        for (; mask != 0; mask &= mask - 1) {
            ++count;
        }
    }
}
