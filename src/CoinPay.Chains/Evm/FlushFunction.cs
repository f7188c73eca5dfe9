using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;

namespace CoinPay.Chains.Evm;

/// <summary>
/// <c>flush(Forwarding[] forwardings, address[] tokens)</c> of src/contracts/ForwarderFactory.sol, as Nethereum encodes it.
/// </summary>
[Function("flush")]
internal sealed class FlushFunction : FunctionMessage
{
    [Parameter("tuple[]", "forwardings", 1, "Forwarding")]
    public List<ForwardingTuple> Forwardings { get; set; } = [];

    [Parameter("address[]", "tokens", 2)]
    public List<string> Tokens { get; set; } = [];
}

/// <summary><c>struct Forwarding { address payable settlement; bytes32 salt; }</c></summary>
[Struct("Forwarding")]
internal sealed class ForwardingTuple
{
    [Parameter("address", "settlement", 1)]
    public string Settlement { get; set; } = "";

    [Parameter("bytes32", "salt", 2)]
    public byte[] Salt { get; set; } = [];
}
