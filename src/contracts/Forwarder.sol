// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IERC20 {
    function balanceOf(address owner) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
}

/// @title The address of one invoice: what arrives here can go to one settlement address and nowhere else.
/// @notice The settlement address is part of the init code, therefore of the CREATE2 address itself: whoever knows the
/// factory, the salt and the settlement address can compute this address before anything is deployed. There is no
/// owner, no upgrade, no other exit, and nothing is called but the token and the settlement address.
contract Forwarder {
    /// @notice Where everything goes.
    address payable public immutable settlement;

    /// @notice `amount` of `token` (the zero address: the chain's native coin) went to the settlement address.
    event Flushed(address indexed token, uint256 amount);

    /// @notice The token refused the transfer, or the settlement address refused the native coin.
    error TransferFailed(address token);

    /// @notice There is no contract at `token`.
    error NotAToken(address token);

    constructor(address payable settlement_) {
        settlement = settlement_;
    }

    /// @dev Empty, so that a plain transfer with the 2300 gas of `transfer` and `send` arrives.
    receive() external payable {}

    /// @notice Sends the whole balance of each token to the settlement address. Anyone may call it; twice is harmless.
    /// @param tokens ERC-20 contracts; the zero address stands for the native coin. Reverts as a whole when one fails,
    /// so a caller leaves out what cannot be moved.
    function flush(address[] calldata tokens) external {
        for (uint256 i = 0; i < tokens.length; i++) {
            address token = tokens[i];
            uint256 amount = token == address(0) ? _flushNative() : _flushToken(token);
            if (amount > 0) emit Flushed(token, amount);
        }
    }

    function _flushNative() private returns (uint256 amount) {
        amount = address(this).balance;
        if (amount == 0) return 0;
        (bool sent,) = settlement.call{value: amount}("");
        if (!sent) revert TransferFailed(address(0));
    }

    function _flushToken(address token) private returns (uint256 amount) {
        if (token.code.length == 0) revert NotAToken(token);
        amount = IERC20(token).balanceOf(address(this));
        if (amount == 0) return 0;
        // Not IERC20.transfer: Tether's token returns nothing, and decoding a bool from nothing would revert.
        (bool called, bytes memory answer) = token.call(abi.encodeCall(IERC20.transfer, (settlement, amount)));
        if (!called || (answer.length > 0 && !abi.decode(answer, (bool)))) revert TransferFailed(token);
    }
}
