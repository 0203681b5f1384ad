using U2CMigration.Core.Guardians;
using U2CMigration.Core.Handover;

namespace U2CMigration.Core.Freezing;

/// <summary>Lets the workload run on where it is when this process is killed while it holds it frozen. From the commit on it must not: the destination may run it.</summary>
internal sealed class FreezeGuardian : IDisposable
{
    internal const string Settled = "settled";

    /// <summary>For three seconds: CRIU, which has lost its caller too, undoes its dump in that time and leaves the group as it found it, frozen.</summary>
    internal const string Script = """
        [ -z "$said" ] || exit 0
        file=$1 word=$2
        shift 2
        "$@"
        [ -n "$file" ] || exit 0
        for turn in 1 2 3 4 5 6 7 8 9 10 11 12; do
            echo "$word" >"$file"
            sleep 0.25
        done
        """;

    private readonly Guardian _guardian;
    private bool _settled;

    private FreezeGuardian(Guardian guardian) => _guardian = guardian;

    /// <summary>Starts one; to be called before the freeze, as it takes milliseconds.</summary>
    /// <param name="freezer">How the tree is frozen.</param>
    /// <param name="network">What takes the address away meanwhile; null for none.</param>
    public static FreezeGuardian Start(ITreeFreezer freezer, ISourceNetwork? network) => new(
        Guardian.Start("u2c-freeze-guardian", Script, [freezer.ThawFile ?? string.Empty, freezer.ThawWord, .. network?.UndoCommand ?? []]));

    /// <summary>From now on there is nothing to undo for it.</summary>
    public void Settle()
    {
        if (!_settled)
        {
            _settled = true;
            _guardian.Tell(Settled);
        }
    }

    public void Dispose()
    {
        Settle();
        _guardian.Dispose();
    }
}
