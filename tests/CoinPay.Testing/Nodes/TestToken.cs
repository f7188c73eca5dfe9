using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace CoinPay.Testing.Nodes;

/// <summary>src/contracts/TestToken.sol on an anvil: six decimals, anyone can mint.</summary>
internal sealed class TestToken(Anvil anvil, string address)
{
    public string Address => address;

    public static async Task<TestToken> DeployAsync(Anvil anvil)
    {
        string artifact = await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root, "src/contracts/artifacts/TestToken.json"));
        string initCode = JsonElement.Parse(artifact).GetProperty("bytecode").GetString()!;
        return new TestToken(anvil, await anvil.DeployAsync(initCode));
    }

    /// <summary>mint(address,uint256); its Transfer comes from the zero address.</summary>
    public Task<string> MintAsync(string to, BigInteger amount) =>
        anvil.SendTransactionAsync(address, 0, "0x40c10f19" + Word(to) + Word(amount));

    /// <summary>transfer(address,uint256) by the first account.</summary>
    public Task<string> TransferAsync(string to, BigInteger amount) =>
        anvil.SendTransactionAsync(address, 0, "0xa9059cbb" + Word(to) + Word(amount));

    /// <summary>balanceOf(address)</summary>
    public async Task<BigInteger> BalanceOfAsync(string owner)
    {
        JsonElement answer =
            await anvil.SendAsync("eth_call", new { to = address, data = "0x70a08231" + Word(owner) }, "latest");
        return BigInteger.Parse(
            "0" + answer.GetString()![2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    public static string Word(string address) => address[2..].ToLowerInvariant().PadLeft(64, '0');

    public static string Word(BigInteger number) =>
        number.ToString("x", CultureInfo.InvariantCulture).TrimStart('0').PadLeft(64, '0');
}
