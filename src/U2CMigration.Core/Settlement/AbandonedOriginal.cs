using Microsoft.Extensions.Logging;
using U2CMigration.Core.Committing;
using U2CMigration.Core.ConnectionLocks;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Records;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Settlement;

/// <summary>The frozen tree of a program that has died, known from its journal.</summary>
internal sealed class AbandonedOriginal(JournalEntry entry, ILogger logger) : IFrozenOriginal
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private bool _forgotten;

    /// <summary>Whether it is there: of this boot, and the process that was meant.</summary>
    public bool Exists => entry.BootId == LedgerFolder.BootId() && ProcessTree.TryReadStat(entry.RootProcessId, out ProcessStat stat) && !stat.HasEnded && stat.StartTimeTicks == entry.StartTime;

    public void Insure()
    {
        // It was, by the program that has died.
    }

    public Task RollBackAsync()
    {
        if (Exists)
        {
            AddAddress();
            SendToAll(Signals.Continue);
            Thaw();
        }

        return Task.CompletedTask;
    }

    public async Task KillAsync()
    {
        // Also where the tree is gone: its owner may have started it again after a reboot.
        Keepers.End(entry.BootId == LedgerFolder.BootId() ? entry.Keepers : []);
        await EndTreeAsync().ConfigureAwait(false);
        if (!_forgotten && entry.RemovalCommand.Count > 0)
        {
            _forgotten = true;
            UndoingCommand.Run(entry.RemovalCommand, "what the owner of the workload has noted of it", logger);
        }
    }

    private async Task EndTreeAsync()
    {
        if (!Exists)
        {
            return;
        }

        // The destination has its connections: what is said when sockets end here must not reach the peers.
        IReadOnlyList<int> tree = ProcessTree.List(entry.RootProcessId);
        using var quiet = QuietEnd.Prepare(tree, logger);
        SendToAll(Signals.Kill);
        Thaw();
        long start = TimeProvider.System.GetTimestamp();
        while (Exists)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new IOException($"Process {entry.RootProcessId} does not end after SIGKILL; it does not run. It probably sleeps uninterruptibly (state D in ps).");
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private void SendToAll(int signal)
    {
        foreach (int processId in ProcessTree.List(entry.RootProcessId))
        {
            Signals.Send(processId, signal);
        }
    }

    private void Thaw()
    {
        if (entry.ThawFile.Length > 0 && File.Exists(entry.ThawFile))
        {
            File.WriteAllText(entry.ThawFile, entry.ThawWord);
        }
    }

    private void AddAddress()
    {
        const string Step = "the release of the network address";
        try
        {
            if (entry.Address.Length > 0)
            {
                AddressHandover.Parse(entry.Address).GiveBack();
            }
        }
        catch (IOException e)
        {
            logger.UndoFailed(e, Step);
        }

        // It fails where the address was never taken away.
        UndoingCommand.Run(entry.AddressCommand, Step, logger);
    }
}
