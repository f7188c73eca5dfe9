using System.Diagnostics;

namespace CoinPay.Embedded.Durable.Ownership;

/// <summary>
/// Names a process so that another on the same machine can tell whether it still runs: a gateway that is started again right after a
/// kill −9 need not wait for the dead one's lease. Where boot and pid namespace differ, or cannot be read, nothing is concluded.
/// </summary>
internal static class ProcessIdentity
{
    /// <summary>Boot, pid namespace, pid and start of this process.</summary>
    public static string Current { get; } = Describe(Process.GetCurrentProcess());

    /// <summary>True only if the owner ran on this boot of this machine, in this pid namespace, and runs no more.</summary>
    public static bool IsKnownDead(string owner)
    {
        string[] parts = owner.Split('|');
        if (parts.Length != 4 || parts[0].Length == 0 || parts[0] != Place(0) || parts[1] != Place(1) || !int.TryParse(parts[2], out int pid))
            return false;
        try
        {
            using Process process = Process.GetProcessById(pid);
            return Describe(process) != owner;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static string Describe(Process process) =>
        $"{Place(0)}|{Place(1)}|{process.Id}|{new DateTimeOffset(process.StartTime).ToUnixTimeSeconds()}";

    private static string Place(int part)
    {
        try
        {
            return part == 0
                ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()
                : File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? string.Empty;
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
