using U2CMigration.Core.Guardians;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Progress;

namespace U2CMigration.Core.Freezing;

/// <summary>Lets the workload run on where it is when this process is killed while it holds it frozen. From the commit on it must not: the destination may run it.</summary>
internal sealed class FreezeGuardian : IDisposable
{
    /// <summary>CRIU, which may have lost only its caller, undoes its dump within seconds, on a busy machine, and leaves the group as it found it, frozen.</summary>
    private const int Turns = 24;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Guardian _guardian;
    private readonly MigrationNotes _notes;
    private bool _settled;

    private FreezeGuardian(Guardian guardian, MigrationNotes notes) => (_guardian, _notes) = (guardian, notes);

    /// <summary>Starts one; to be called long before the freeze, as it takes milliseconds.</summary>
    /// <param name="freezer">How the tree is frozen.</param>
    /// <param name="rootProcessId">The root of the tree.</param>
    /// <param name="network">Takes the address away in the meantime; null where none moves.</param>
    /// <param name="notes">Hears what goes wrong.</param>
    /// <exception cref="IOException">It cannot be started, or what it would need is not there.</exception>
    public static FreezeGuardian Start(ITreeFreezer freezer, int rootProcessId, ISourceNetwork? network, MigrationNotes notes)
    {
        GuardianScript undo = UndoOf(freezer.ThawFile, freezer.ThawWord, rootProcessId, network);
        var guardian = Guardian.Start("u2c-freeze-guardian", undo, isReplaced: false, replaced: notes.Logger.GuardianReplaced);
        return new FreezeGuardian(guardian, notes);
    }

    /// <summary>Called right before the freeze: from now on another one is started when it is killed.</summary>
    /// <exception cref="Errors.MigrationException">It is gone already; nothing was frozen.</exception>
    public async Task HoldAsync()
    {
        _guardian.ReplaceWhenKilled();
        if (_guardian.IsGone)
        {
            throw _notes.Failure(
                "The process that lets the workload run on if this one is killed while it is frozen (u2c-freeze-guar in a list of processes) was ended by somebody, so the workload was not frozen. Leave that process alone, and try again.",
                isTransient: true);
        }

        if (await _guardian.Confined.ConfigureAwait(false) is { } sentence)
        {
            _notes.Warn(sentence);
        }
    }

    /// <summary>From now on there is nothing to undo for it.</summary>
    public void Settle()
    {
        if (!_settled)
        {
            _settled = true;
            _guardian.Settle();
        }
    }

    public void Dispose()
    {
        Settle();
        _guardian.Dispose();
    }

    /// <summary>The address first: a workload that runs wants to be reached.</summary>
    internal static GuardianScript UndoOf(string? thawFile, string thawWord, int rootProcessId, ISourceNetwork? network)
    {
        var undo = new GuardianScript();
        if (network is AddressHandover handover)
        {
            undo.Send(RouteNetlink.Protocol, handover.UndoMessage);
        }
        else if (network?.UndoCommand is { Count: > 0 } command)
        {
            undo.Run([ProgramPath.Find(command[0]), .. command.Skip(1)]);
        }

        // CRIU that was killed, too, has left the connections in the mode in which it reads them.
        var turn = new GuardianScript();
        if (thawFile is not null)
        {
            turn.Write(thawFile, thawWord);
        }

        string members = thawFile is null ? string.Empty : Path.Combine(Path.GetDirectoryName(thawFile)!, "cgroup.procs");
        return undo.Repeat(Turns, turn.EndRepairMode(rootProcessId, members).Wait(Pause));
    }
}
