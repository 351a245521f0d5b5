// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {IPolicy, PolicyValues} from "../IPolicy.sol";
import {IRushes, JobRequest, Lease, LeaseState, Role, Verdict} from "../IRushes.sol";
import {Commitments} from "../Commitments.sol";
import {Artifacts, IToken} from "./Artifacts.sol";

/// @notice A contract with an artist, a worker and verifiers, and the steps of a lease.
abstract contract Network is Artifacts {
    uint256 internal constant STAKE_WEI = 1_000 ether;
    uint256 internal constant BUDGET_WEI = 1_000 ether;
    uint128 internal constant PRICE_WEI = 0.01 ether;
    uint32 internal constant CHUNKS = 300;

    IToken internal token;
    IPolicy internal policy;
    IRushes internal rushes;
    address internal artist = vm.addr(1);
    address internal worker = vm.addr(2);
    address internal worker2 = vm.addr(3);
    address internal stranger = vm.addr(4);
    /// @dev In order of registration.
    address[] internal verifiers;

    /// @dev Weights of all chunks are 10: two words, the second with 44 chunks.
    bytes internal fullWord;
    bytes internal lastWord;
    bytes32 internal weightsRoot;

    function localPolicy() internal pure virtual returns (PolicyValues memory) {
        return PolicyValues({
            drawDelayBlocks: 2,
            shift: 0,
            verifierCount: 2,
            maxChunksPerLease: 256,
            maxUnitsPerLease: 2_560,
            leaseSeconds: 30,
            secondsPerUnit: 1,
            sealSeconds: 30,
            sealSecondsPerUnit: 1,
            openSeconds: 20,
            revealSeconds: 20,
            challengeSeconds: 0,
            unbondingSeconds: 10_000,
            feeBps: 500,
            redraftFeeBps: 1_000,
            bondBps: 1_000,
            slashBps: 10_000,
            silentBps: 2_000,
            compensationBps: 10_000,
            stakeRewards: 40,
            minWorkerStakeWei: 100 ether,
            minVerifierStakeWei: 100 ether
        });
    }

    function setUp() public virtual {
        vm.roll(100);
        vm.warp(1_700_000_000);
        token = deployToken();
        policy = deployPolicy(localPolicy());
        rushes = deployRushes(address(token), address(policy));
        fullWord = _weightsWord(256);
        lastWord = _weightsWord(CHUNKS - 256);
        weightsRoot = sha256(abi.encodePacked(uint8(1), _weightsLeaf(0), _weightsLeaf(1)));
        _fund(artist);
        _register(worker, Role.Worker, STAKE_WEI);
        for (uint256 i; i < 3; ++i) {
            verifiers.push(vm.addr(10 + i));
            _register(verifiers[i], Role.Verifier, (i + 1) * 100 ether);
        }
        vm.roll(101);
    }

    // ---------------------------------------------------------------------------------------------- accounts

    function _fund(address account) internal {
        token.faucet(account, 1_000_000 ether);
        vm.prank(account);
        token.approve(address(rushes), type(uint256).max);
    }

    function _register(address account, Role role, uint256 stakeWei) internal {
        _fund(account);
        vm.prank(account);
        rushes.register(role, "wasm", stakeWei);
    }

    // -------------------------------------------------------------------------------------------------- jobs

    function _request(bytes32 nonce) internal view returns (JobRequest memory) {
        return JobRequest({
            nonce: nonce,
            manifestDigest: "manifest",
            termsDigest: "terms",
            policy: address(policy),
            chunkCount: CHUNKS,
            weightsRoot: weightsRoot,
            pricePerUnitWei: PRICE_WEI,
            deadline: uint64(block.timestamp + 100_000),
            budgetWei: uint128(BUDGET_WEI)
        });
    }

    function _order() internal returns (bytes32) {
        return _order("nonce");
    }

    function _order(bytes32 nonce) internal returns (bytes32 jobId) {
        vm.prank(artist);
        return rushes.createJob(_request(nonce));
    }

    function _weightsWord(uint256 chunks) private pure returns (bytes memory word) {
        word = new bytes(512);
        for (uint256 i; i < chunks; ++i) {
            word[2 * i + 1] = bytes1(uint8(10));
        }
    }

    function _weightsLeaf(uint32 word) private view returns (bytes32) {
        return sha256(abi.encodePacked(uint8(12), word, word == 0 ? fullWord : lastWord));
    }

    /// @dev Pay of a lease with this many chunks.
    function _payWei(uint256 chunks) internal pure returns (uint256) {
        return chunks * 10 * PRICE_WEI;
    }

    // ------------------------------------------------------------------------------------------------ leases

    function _take(bytes32 jobId, uint256 mask) internal returns (uint64) {
        return _takeAs(worker, jobId, 0, mask);
    }

    function _takeAs(address who, bytes32 jobId, uint32 word, uint256 mask) internal returns (uint64) {
        bytes32[] memory proof = _proof(word);
        vm.prank(who);
        return rushes.takeLease(jobId, word, mask, word == 0 ? fullWord : lastWord, proof);
    }

    function _proof(uint32 word) internal view returns (bytes32[] memory proof) {
        proof = new bytes32[](1);
        proof[0] = _weightsLeaf(1 - word);
    }

    function _commit(uint64 leaseId) internal {
        address who = rushes.getLease(leaseId).worker;
        vm.prank(who);
        rushes.commit(leaseId, "root", "outputs");
    }

    /// @dev Mines past the draw block, whose mix hash is `mixHash`; gives its header.
    function _mineDraw(uint64 leaseId, bytes32 mixHash) internal returns (bytes memory header) {
        uint256 drawBlock = rushes.getLease(leaseId).drawBlock;
        header = _header(drawBlock, mixHash);
        if (vm.getBlockNumber() <= drawBlock) vm.roll(drawBlock + 1);
        vm.setBlockhash(drawBlock, keccak256(header));
    }

    function _header(uint256 blockNumber, bytes32 mixHash) internal pure returns (bytes memory) {
        bytes[] memory items = new bytes[](21);
        for (uint256 i; i < items.length; ++i) {
            items[i] = RLP.encode(bytes32(uint256(i + 1)));
        }
        items[8] = RLP.encode(blockNumber);
        items[13] = RLP.encode(mixHash);
        return RLP.encode(items);
    }

    /// @dev Two verifiers that are drawn by `mixHash`, in the order of the draw.
    function _drawn(uint64 leaseId) internal view returns (address first, address second) {
        return (rushes.getAudits(leaseId)[0].verifier, rushes.getAudits(leaseId)[1].verifier);
    }

    function _valuesHash(address verifier) internal pure returns (bytes32) {
        return keccak256(abi.encode("values", verifier));
    }

    function _secret(address verifier) internal pure returns (bytes32) {
        return keccak256(abi.encode("secret", verifier));
    }

    function _sealHash(uint64 leaseId, address verifier) internal pure returns (bytes32) {
        return Commitments.sealHashOf(verifier, leaseId, _valuesHash(verifier), _secret(verifier));
    }

    function _seal(uint64 leaseId, address verifier, bytes memory header) internal {
        // The hash first: sha256 is a call, and would be the pranked one.
        bytes32 sealHash = _sealHash(leaseId, verifier);
        vm.prank(verifier);
        rushes.seal(leaseId, header, sealHash);
    }

    function _reveal(uint64 leaseId, address verifier, Verdict verdict) internal {
        vm.prank(verifier);
        rushes.reveal(leaseId, verdict, "finding", _valuesHash(verifier), _secret(verifier));
    }

    /// @dev Whoever the header draws seals; gives them in the order of the draw.
    function _sealByDrawn(uint64 leaseId) internal returns (address first, address second) {
        bytes memory header = _mineDraw(leaseId, keccak256(abi.encode("mix", leaseId)));
        for (uint256 i; i < verifiers.length; ++i) {
            bytes32 sealHash = _sealHash(leaseId, verifiers[i]);
            vm.prank(verifiers[i]);
            try rushes.seal(leaseId, header, sealHash) {
                break;
            } catch {}
        }
        (first, second) = _drawn(leaseId);
        address other = rushes.getAudits(leaseId)[0].sealHash == bytes32(0) ? first : second;
        _seal(leaseId, other, "");
    }

    function _toOpened(bytes32 jobId, uint256 mask) internal returns (uint64 leaseId, address first, address second) {
        leaseId = _take(jobId, mask);
        _commit(leaseId);
        (first, second) = _sealByDrawn(leaseId);
        vm.prank(worker);
        rushes.open(leaseId, "opening");
    }

    function _pass(uint256 seconds_) internal {
        vm.warp(vm.getBlockTimestamp() + seconds_);
    }

    function _expectState(uint64 leaseId, LeaseState state) internal view {
        vm.assertEq(uint256(rushes.getLease(leaseId).state), uint256(state));
    }

    // ------------------------------------------------------------------------------------------------- money

    /// @dev The contract's tokens are exactly what it holds for somebody.
    function _expectBalanced(bytes32[] memory jobIds, address[] memory accounts) internal view {
        uint256 heldWei;
        for (uint256 i; i < jobIds.length; ++i) {
            heldWei += rushes.getJob(jobIds[i]).unreservedWei;
        }
        for (uint64 id = 1; id <= rushes.lastLeaseId(); ++id) {
            Lease memory lease = rushes.getLease(id);
            if (lease.state <= LeaseState.Opened) heldWei += lease.reservedWei;
        }
        for (uint256 i; i < accounts.length; ++i) {
            heldWei += rushes.owedWei(accounts[i]) + rushes.getAccount(accounts[i]).stakeWei;
        }
        vm.assertEq(token.balanceOf(address(rushes)), heldWei, "money held for somebody");
    }
}
