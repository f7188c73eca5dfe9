using NBitcoin.WalletPolicies;
using Xunit;

namespace CoinPay.Chains.Tests.Libraries;

/// <summary>Output descriptors. Source: BIP-380, "Test Vectors".</summary>
public sealed class DescriptorTests
{
    [Fact]
    public void A_descriptor_has_the_checksum_of_the_vector() =>
        Assert.Equal("raw(deadbeef)#89f8spxm", Miniscript.AddChecksum("raw(deadbeef)"));
}
