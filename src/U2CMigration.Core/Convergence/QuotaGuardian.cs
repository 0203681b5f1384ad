using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Convergence;

/// <summary>Gives the processor time back when this process is gone.</summary>
internal static class QuotaGuardian
{
    // Doing it twice does no harm.
    private const string Script = """
        { echo "$2" >"$1"; } 2>/dev/null
        [ -n "$4" ] || exit 0
        while read -r process; do echo "$process" >"$4/cgroup.procs"; done <"$3/cgroup.procs"
        for attempt in 1 2 3 4 5; do rmdir "$3" && exit 0; sleep 0.1; done
        """;

    /// <summary>Starts one.</summary>
    /// <param name="limited">The group whose quota is changed.</param>
    /// <param name="home">Where its processes go back to before it is removed; null to leave them.</param>
    /// <param name="quotaBefore">What the quota was.</param>
    public static Guardian Start(CpuGroup limited, string? home, string quotaBefore) =>
        Guardian.Start("u2c-quota-guardian", Script, limited.QuotaFile, quotaBefore, limited.Directory, home ?? string.Empty);
}
