// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Test pieces: tokens that behave as real ones are known to, and a payer with little gas.

/// Returns nothing from transfer, as Tether's token on Ethereum.
contract SilentToken {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }
}

/// Answers false instead of reverting, as early ERC-20 tokens.
contract RefusingToken {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return false;
    }
}

/// Sends with the 2300 gas of `transfer` (a call with value and no gas gets that stipend), as older wallets do.
contract FrugalPayer {
    function pay(address payable to) external payable {
        (bool sent,) = to.call{value: msg.value, gas: 0}("");
        require(sent);
    }
}

/// Takes no native coin.
contract RefusingSettlement {}
