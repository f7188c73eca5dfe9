using CoinPay.Host.Protocol;
using Google.Protobuf;
using Microsoft.Azure.WebJobs;
using Newtonsoft.Json;

namespace CoinPay.Host.Worker;

/// <summary>Converts values between the WebJobs SDK and the worker.</summary>
internal static class RpcData
{
    private static readonly JsonSerializerSettings TextsAsTheyAre = new() { DateParseHandling = DateParseHandling.None };

    public static TypedData From(object? value) => value switch
    {
        null => new(),
        string text => new() { String = text },
        byte[] bytes => new() { Bytes = ByteString.CopyFrom(bytes) },
        ParameterBindingData reference => new() { ModelBindingData = From(reference) },
        _ => new() { Json = JsonConvert.SerializeObject(value) },
    };

    /// <remarks>A string stays a string: the Durable extension does not accept an orchestrator's result as a JToken.</remarks>
    public static object? ToObject(TypedData? data) => data?.DataCase switch
    {
        TypedData.DataOneofCase.String => data.String,
        TypedData.DataOneofCase.Json => JsonConvert.DeserializeObject(data.Json, TextsAsTheyAre),
        TypedData.DataOneofCase.Bytes => data.Bytes.ToByteArray(),
        TypedData.DataOneofCase.Int => data.Int,
        TypedData.DataOneofCase.Double => data.Double,
        _ => null,
    };

    private static ModelBindingData From(ParameterBindingData reference) => new()
    {
        Version = reference.Version,
        Source = reference.Source,
        ContentType = reference.ContentType,
        Content = ByteString.CopyFrom(reference.Content.ToArray()),
    };
}
