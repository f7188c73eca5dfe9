using System.Globalization;

namespace CoinPay.Host.Instance;

/// <summary>
/// Identifies a process so that another on the same machine can tell whether it is still running: a host restarted right after a kill −9
/// does not have to wait for the dead one's lease. If boot or pid namespace differ, or cannot be read, nothing is concluded.
/// </summary>
internal static class ProcessIdentity
{
    /// <summary>Boot id, pid namespace, pid, and start in ticks since boot.</summary>
    public static string Current { get; } = $"{Boot}|{PidNamespace}|{Environment.ProcessId}|{StartOf(Environment.ProcessId)}";

    /// <summary>Returns true only if the owner ran on this boot of this machine, in this pid namespace, and is no longer running.</summary>
    public static bool IsKnownDead(string owner)
    {
        string[] parts = owner.Split('|');
        return parts.Length == 4 && parts[0].Length > 0 && parts[0] == Boot && parts[1] == PidNamespace
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && StartOf(pid) != parts[3];
    }

    private static string Boot => Read("/proc/sys/kernel/random/boot_id");

    private static string PidNamespace => File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";

    /// <summary>Returns an empty string if the process does not exist or is a zombie.</summary>
    private static string StartOf(int pid)
    {
        string stat = Read($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        // The program's name is second, in parentheses, and can contain anything. After it come the state and, 20th, the start.
        string[] rest = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return rest.Length < 20 || rest[0] == "Z" ? "" : rest[19];
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
