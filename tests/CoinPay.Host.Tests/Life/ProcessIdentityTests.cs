using System.Diagnostics;
using System.Globalization;
using CoinPay.Host.Instance;
using Xunit;

namespace CoinPay.Host.Tests.Life;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void A_process_that_runs_is_not_known_dead() => Assert.False(ProcessIdentity.IsKnownDead(ProcessIdentity.Current));

    [Fact]
    public async Task A_process_that_has_ended_is_known_dead_even_if_its_number_is_used_again()
    {
        using Process ended = Process.Start("true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(ProcessIdentity.IsKnownDead(With(2, ended.Id.ToString(CultureInfo.InvariantCulture))));
        Assert.True(ProcessIdentity.IsKnownDead(With(3, "1")));
    }

    [Theory]
    [InlineData("another-boot|pid:[1]|1|1")]
    [InlineData("")]
    [InlineData("|||")]
    public void Of_a_process_elsewhere_nothing_is_known(string owner) => Assert.False(ProcessIdentity.IsKnownDead(owner));

    [Fact]
    public void Of_a_process_in_another_pid_namespace_nothing_is_known() =>
        Assert.False(ProcessIdentity.IsKnownDead(With(1, "pid:[1]")));

    private static string With(int part, string value)
    {
        string[] parts = ProcessIdentity.Current.Split('|');
        parts[part] = value;
        return string.Join('|', parts);
    }
}
