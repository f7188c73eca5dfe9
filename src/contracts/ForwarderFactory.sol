// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Forwarder} from "./Forwarder.sol";

/// @title Computes, deploys and sweeps forwarders.
/// @notice Holds nothing and owns nothing: anyone may call everything, and no call can send money anywhere but to the
/// settlement address of a forwarder. Deployed keylessly, so that it has the same address on every chain.
contract ForwarderFactory {
    /// @notice What names a forwarder: where its money goes, and a salt that the gateway derives from the invoice's id.
    struct Forwarding {
        address payable settlement;
        bytes32 salt;
    }

    /// @notice A forwarder was deployed.
    event Deployed(address indexed forwarder, address indexed settlement, bytes32 salt);

    /// @notice `token` (the zero address: the native coin) of `forwarder` could not be moved and stayed where it was.
    event FlushFailed(address indexed forwarder, address indexed token);

    /// @notice The zero address cannot be a settlement address: the money would be lost.
    error NoSettlementAddress();

    /// @notice The address of the forwarder, deployed or not (EIP-1014).
    function addressOf(address payable settlement, bytes32 salt) public view returns (address payable) {
        if (settlement == address(0)) revert NoSettlementAddress();
        bytes32 initCodeHash = keccak256(abi.encodePacked(type(Forwarder).creationCode, abi.encode(settlement)));
        bytes32 digest = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, initCodeHash));
        return payable(address(uint160(uint256(digest))));
    }

    /// @notice Deploys the forwarder unless it is there already, and returns its address.
    function deploy(address payable settlement, bytes32 salt) public returns (address payable forwarder) {
        forwarder = addressOf(settlement, salt);
        if (forwarder.code.length > 0) return forwarder;
        new Forwarder{salt: salt}(settlement);
        emit Deployed(forwarder, settlement, salt);
    }

    /// @notice Sends every token's whole balance of every forwarder to that forwarder's settlement address, deploying
    /// the forwarders that are missing. What fails is left where it is, named by `FlushFailed`, and blocks nothing else.
    /// @param tokens ERC-20 contracts; the zero address stands for the native coin.
    function flush(Forwarding[] calldata forwardings, address[] calldata tokens) external {
        address[] memory one = new address[](1);
        for (uint256 i = 0; i < forwardings.length; i++) {
            address payable forwarder = deploy(forwardings[i].settlement, forwardings[i].salt);
            for (uint256 j = 0; j < tokens.length; j++) {
                one[0] = tokens[j];
                try Forwarder(forwarder).flush(one) {}
                catch {
                    emit FlushFailed(forwarder, tokens[j]);
                }
            }
        }
    }
}
