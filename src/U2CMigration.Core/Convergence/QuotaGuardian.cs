using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Convergence;

/// <summary>Gives the processor time back when this process is gone.</summary>
internal static class QuotaGuardian
{
    /// <summary>Starts one.</summary>
    /// <param name="limited">The group whose quota is changed.</param>
    /// <param name="home">Where its processes go back to before it is removed; null to leave them.</param>
    /// <param name="quotaBefore">What the quota was.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static Guardian Start(CpuGroup limited, string? home, string quotaBefore)
    {
        // Doing it twice does no harm.
        GuardianScript undo = new GuardianScript().Write(limited.QuotaFile, quotaBefore);
        if (home is not null)
        {
            undo.MoveProcesses(Path.Combine(limited.Directory, "cgroup.procs"), Path.Combine(home, "cgroup.procs")).RemoveDirectory(limited.Directory);
        }

        return Guardian.Start("u2c-quota-guardian", undo);
    }
}
