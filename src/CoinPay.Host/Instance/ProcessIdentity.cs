using System.Globalization;

namespace CoinPay.Host.Instance;

/// <summary>
/// Names a process so that another on the same machine can tell whether it still runs: a host that is started again right after a
/// kill −9 need not wait for the dead one's lease. Where boot and pid namespace differ, or cannot be read, nothing is concluded.
/// </summary>
internal static class ProcessIdentity
{
    /// <summary>Boot, pid namespace, pid, and start in ticks since the boot.</summary>
    public static string Current { get; } = $"{Boot}|{PidNamespace}|{Environment.ProcessId}|{StartOf(Environment.ProcessId)}";

    /// <summary>True only if the owner ran on this boot of this machine, in this pid namespace, and runs no more.</summary>
    public static bool IsKnownDead(string owner)
    {
        string[] parts = owner.Split('|');
        return parts.Length == 4 && parts[0].Length > 0 && parts[0] == Boot && parts[1] == PidNamespace
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && StartOf(pid) != parts[3];
    }

    private static string Boot => Read("/proc/sys/kernel/random/boot_id");

    private static string PidNamespace => File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";

    /// <summary>Empty if there is no such process, or only what is left of one until its parent has taken notice of its end.</summary>
    private static string StartOf(int pid)
    {
        string stat = Read($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        // The program's name stands second, in parentheses, and may itself hold anything. After it come the state and, 20th, the start.
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
