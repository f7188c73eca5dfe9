using CoinPay.Functions.Access;
using Xunit;

namespace CoinPay.Functions.Tests.Access;

public sealed class ApiKeyTextTests
{
    [Theory]
    [InlineData(false, "cp_test_")]
    [InlineData(true, "cp_live_")]
    public void A_new_key_reads_back_and_names_its_kind(bool livemode, string prefix)
    {
        ApiKeyText key = ApiKeyText.New(livemode);
        Assert.StartsWith(prefix, key.Text, StringComparison.Ordinal);
        Assert.Equal(58, key.Text.Length);
        Assert.Equal(key, ApiKeyText.Parse(key.Text));
        Assert.NotEqual(key.Text, ApiKeyText.New(livemode).Text);
    }

    [Fact]
    public void A_key_with_any_character_changed_is_not_a_key()
    {
        string text = ApiKeyText.New(livemode: false).Text;
        for (int i = 0; i < text.Length; i++)
        {
            char[] changed = text.ToCharArray();
            changed[i] = changed[i] == 'x' ? 'y' : 'x';
            Assert.Null(ApiKeyText.Parse(new string(changed)));
        }
        Assert.Null(ApiKeyText.Parse(text + "0"));
        Assert.Null(ApiKeyText.Parse(""));
    }

    [Fact]
    public void The_hint_holds_nothing_of_the_secret()
    {
        ApiKeyText key = ApiKeyText.New(livemode: false);
        Assert.Equal($"cp_test_{key.PublicId}…", key.ToString());
        Assert.NotEqual(key.Hash("one pepper"), key.Hash("another"));
    }
}
