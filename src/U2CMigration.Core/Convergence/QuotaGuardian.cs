using System.Diagnostics;

namespace U2CMigration.Core.Convergence;

/// <summary>A small process that gives the processor time back when this process is gone, however it ended.</summary>
internal sealed class QuotaGuardian : IDisposable
{
    // Waits for the end of its input, which comes with the end of the process that holds the other end. Doing it twice does no harm.
    private const string Script = """
        trap '' INT TERM HUP
        cat >/dev/null
        { echo "$2" >"$1"; } 2>/dev/null
        [ -n "$4" ] || exit 0
        while read -r process; do echo "$process" >"$4/cgroup.procs"; done <"$3/cgroup.procs"
        for attempt in 1 2 3 4 5; do rmdir "$3" && exit 0; sleep 0.1; done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private QuotaGuardian(Process process) => _process = process;

    /// <summary>Starts it.</summary>
    /// <param name="limited">The group whose quota is changed.</param>
    /// <param name="home">Where its processes go back to before it is removed; null to leave them.</param>
    /// <param name="quotaBefore">What the quota was.</param>
    public static QuotaGuardian Start(CpuGroup limited, string? home, string quotaBefore)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "u2c-quota-guardian", limited.QuotaFile, quotaBefore, limited.Directory, home ?? string.Empty])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return new QuotaGuardian(Process.Start(start)!);
    }

    /// <summary>Lets it do its work and end.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(Patience);
        _process.Dispose();
    }
}
