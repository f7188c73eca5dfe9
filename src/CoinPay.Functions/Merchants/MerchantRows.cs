using Azure.Data.Tables;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Merchants;

/// <summary>Reads and writes a merchant's own row, in the partition with the merchant's id.</summary>
internal static class MerchantRows
{
    public const string MerchantRow = "merchant";
    public const string ListPartition = "merchants";

    public static TableEntity Write(Merchant merchant) => new(merchant.Id, MerchantRow)
    {
        ["Name"] = merchant.Name,
        ["DefaultCurrency"] = merchant.DefaultCurrency,
        ["Livemode"] = merchant.Livemode,
        ["Policy"] = Json.Text(PolicyDocument.Of(merchant.Policy)),
        ["CreatedAt"] = merchant.CreatedAt,
        ["UpdatedAt"] = merchant.UpdatedAt,
    };

    public static Merchant ReadMerchant(TableEntity row) => new()
    {
        Id = row.PartitionKey,
        Name = row.GetString("Name"),
        DefaultCurrency = row.GetString("DefaultCurrency"),
        Livemode = row.GetBoolean("Livemode") == true,
        Policy = Json.Read<PolicyDocument>(row.GetString("Policy")).ToPolicy(),
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
    };
}
