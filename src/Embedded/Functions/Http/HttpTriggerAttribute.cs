using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Who may call an HTTP function: see <see href="https://learn.microsoft.com/azure/azure-functions/function-keys-how-to"/>.</summary>
public enum AuthorizationLevel
{
    /// <summary>Everybody.</summary>
    Anonymous = 0,

    /// <summary>Not offered by the host: refused at start.</summary>
    User = 1,

    /// <summary>Who holds a function key or a host key.</summary>
    Function = 2,

    /// <summary>Who holds a system key.</summary>
    System = 3,

    /// <summary>Who holds the master key.</summary>
    Admin = 4,
}

/// <summary>
/// Runs the function on an HTTP request. <see cref="Route"/> is an ASP.NET Core route template below the host's route prefix,
/// the function's name when null; no methods given means all.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : TriggerBindingAttribute
{
    public string? Route { get; set; }

    public string[]? Methods { get; } = methods;

    public AuthorizationLevel AuthLevel { get; } = authLevel;
}
