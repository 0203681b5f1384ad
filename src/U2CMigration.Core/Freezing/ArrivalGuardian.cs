using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Freezing;

/// <summary>
/// Ends the restored processes when this process is killed before they are complete and frozen: between the last step of CRIU and the freeze, some milliseconds, they would run if CRIU died at the same time.
/// </summary>
internal sealed class ArrivalGuardian : IDisposable
{
    private const string Frozen = "frozen";

    internal const string Script = """
        [ -z "$said" ] || exit 0
        turn=0
        while [ $turn -lt 200 ]; do
            left=
            for group in "$@"; do
                [ -e "$group/cgroup.procs" ] || continue
                while read -r process; do
                    left=1
                    kill -KILL "$process"
                done <"$group/cgroup.procs"
                [ ! -e "$group/freezer.state" ] || echo THAWED >"$group/freezer.state"
            done
            [ -n "$left" ] || exit 0
            sleep 0.02
            turn=$((turn + 1))
        done
        """;

    private readonly Guardian _guardian;

    private ArrivalGuardian(Guardian guardian) => _guardian = guardian;

    /// <summary>Starts one; to be called before the restore, as it takes milliseconds.</summary>
    /// <param name="groups">The control groups of the restore.</param>
    public static ArrivalGuardian Start(IReadOnlyList<string> groups) => new(Guardian.Start("u2c-arrival-guardian", Script, [.. groups]));

    /// <summary>From now on the processes are in the hands of the record: another receiver settles them.</summary>
    public void Settle() => _guardian.Tell(Frozen);

    public void Dispose() => _guardian.Dispose();
}
