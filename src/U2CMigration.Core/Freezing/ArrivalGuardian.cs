using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Freezing;

/// <summary>
/// Ends the restored processes when this process is killed before they are complete and frozen: between the last step of CRIU and the freeze, some milliseconds, they would run if CRIU died at the same time.
/// </summary>
internal sealed class ArrivalGuardian : IDisposable
{
    private readonly Guardian _guardian;

    private ArrivalGuardian(Guardian guardian) => _guardian = guardian;

    /// <summary>Starts one; to be called before the restore, as it takes milliseconds.</summary>
    /// <param name="groups">The control groups of the restore.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static ArrivalGuardian Start(IReadOnlyList<string> groups) => new(Guardian.Start("u2c-arrival-guardian", new GuardianScript().EndGroups(groups)));

    /// <summary>From now on the processes are in the hands of the record: another receiver settles them.</summary>
    public void Settle() => _guardian.Settle();

    public void Dispose() => _guardian.Dispose();
}
