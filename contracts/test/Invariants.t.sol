// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRushes, Lease, LeaseState} from "../IRushes.sol";
import {IToken} from "./Artifacts.sol";
import {Handler} from "./Handler.sol";
import {TestBase} from "./TestBase.sol";

contract InvariantsTest is TestBase {
    Handler private _handler;

    function setUp() external {
        _handler = new Handler();
    }

    /// @notice As forge reads it.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// @dev Forge asks what to call. Steps towards the end of leases stand twice.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](22);
        selectors[0] = Handler.order.selector;
        selectors[1] = Handler.take.selector;
        selectors[2] = Handler.take.selector;
        selectors[3] = Handler.commit.selector;
        selectors[4] = Handler.seal.selector;
        selectors[5] = Handler.open.selector;
        selectors[6] = Handler.reveal.selector;
        selectors[7] = Handler.advance.selector;
        selectors[8] = Handler.advance.selector;
        selectors[9] = Handler.advance.selector;
        selectors[10] = Handler.advance.selector;
        selectors[11] = Handler.demand.selector;
        selectors[12] = Handler.expire.selector;
        selectors[13] = Handler.voidConvicted.selector;
        selectors[14] = Handler.withdraw.selector;
        selectors[15] = Handler.withdrawUnreserved.selector;
        selectors[16] = Handler.closeJob.selector;
        selectors[17] = Handler.fundJob.selector;
        selectors[18] = Handler.stake.selector;
        selectors[19] = Handler.rejoin.selector;
        selectors[20] = Handler.pass.selector;
        selectors[21] = Handler.settleUndrawn.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(_handler), selectors: selectors});
    }

    function invariant_booksAgree() external view {
        _handler.balanced();
        _handler.chunksAreHeldOnce();
        _handler.accountsCountWhatIsOpen();
    }

    /// @dev Every state has an exit that needs nobody's help: when the parties are gone, strangers end every lease, and
    /// all money leaves.
    function afterInvariant() external {
        IRushes rushes = _handler.rushesUnderTest();
        for (uint256 round; round < 4; ++round) {
            vm.warp(vm.getBlockTimestamp() + 20_000);
            for (uint64 id = 1; id <= rushes.lastLeaseId(); ++id) {
                if (rushes.getLease(id).state <= LeaseState.Opened) rushes.expire(id);
            }
        }
        for (uint64 id = 1; id <= rushes.lastLeaseId(); ++id) {
            vm.assertTrue(rushes.getLease(id).state > LeaseState.Opened);
        }
        _handler.balanced();
        _handler.leaveWithEverything();
        vm.assertEq(IToken(rushes.token()).balanceOf(address(rushes)), 0, "left behind");
    }
}
