using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Filling;

/// <summary>A holder whose program was killed, with copies of what it has. It is stopped, as it looks through its queue as well.</summary>
internal sealed class FoundHolder : IDisposable
{
    private const string Root = "0";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly SafeFileHandle _process;
    private readonly Dictionary<int, SafeFileHandle> _members = [];

    private FoundHolder(SafeFileHandle process) => _process = process;

    public Guid MigrationId { get; private set; }

    public long Generation { get; private set; }

    /// <summary>Whether all that is needed is there.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The userfaultfds, by number.</summary>
    public IReadOnlyDictionary<int, SafeFileHandle> Members => _members;

    public SafeFileHandle? Log { get; private set; }

    public SafeFileHandle? Store { get; private set; }

    public SafeFileHandle? Book { get; private set; }

    /// <summary>All of a migration that are left on this host, stopped.</summary>
    public static IReadOnlyList<FoundHolder> FindAll(Guid migrationId)
    {
        var found = new List<FoundHolder>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out int processId) && IsOne(directory, migrationId) && TryLookAt(processId) is { } holder)
            {
                found.Add(holder);
            }
        }

        return found;
    }

    /// <summary>Lets it continue as it was.</summary>
    public void Release()
    {
        PidFd.TrySignal(_process, PidFd.Continue);
        Dispose();
    }

    /// <summary>Ends it; what was copied stays.</summary>
    public void End()
    {
        if (PidFd.TrySignal(_process, PidFd.Kill))
        {
            WaitFor(() => PidFd.HasEnded(_process));
        }

        _process.Dispose();
    }

    /// <summary>Closes everything, and leaves it as it is.</summary>
    public void Dispose()
    {
        _process.Dispose();
        CloseCopies();
    }

    /// <summary>Closes the copies, and stays able to end it.</summary>
    public void CloseCopies()
    {
        foreach (SafeFileHandle? one in (SafeFileHandle?[])[Log, Store, Book, .. _members.Values])
        {
            one?.Dispose();
        }
    }

    /// <summary>By its name, and by its owner: others could give themselves the name.</summary>
    private static bool IsOne(string directory, Guid migrationId)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "comm")).TrimEnd() is FillHolder.Name or FillHolder.WardenName
                && File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0') is [_, var id, ..] && id == migrationId.ToString("N")
                && File.ReadLines(Path.Combine(directory, "status")).FirstOrDefault(static line => line.StartsWith("Uid:", StringComparison.Ordinal)) is { } owner
                && owner.Split('\t') is [_, _, Root, ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FoundHolder? TryLookAt(int processId)
    {
        SafeFileHandle process = PidFd.Open(processId);
        if (process.IsInvalid || PageTracking.Interop.PidFd.TryCopyDescriptor(process, FillHolder.Channel, out _) is not { } channel)
        {
            process.Dispose();
            return null;
        }

        var holder = new FoundHolder(process);
        using (channel)
        {
            PidFd.TrySignal(process, PidFd.Stop);
            WaitFor(() => !ProcessTree.TryReadStat(processId, out ProcessStat stat) || stat.State is 'T' || stat.HasEnded);
            holder.Read(channel);
        }

        return holder;
    }

    private static void WaitFor(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition() && TimeProvider.System.GetElapsedTime(start) < StopLimit)
        {
            Thread.Sleep(1);
        }
    }

    private void Read(SafeFileHandle channel)
    {
        Span<byte> bytes = stackalloc byte[HeldLabel.Bytes];
        if (!HeldMessages.TryRewind(channel))
        {
            return;
        }

        while (HeldMessages.TryPeek(channel, bytes) is { } descriptors)
        {
            var label = HeldLabel.Read(bytes);
            MigrationId = label.MigrationId;
            Generation = Math.Max(Generation, label.Generation);
            IsComplete |= label.Kind == HeldKind.Complete;
            switch (label.Kind)
            {
                case HeldKind.Member when descriptors is [var member] && _members.TryAdd(label.Member, member):
                    break;
                case HeldKind.Memory when descriptors is [var log, var store, var book] && Log is null:
                    (Log, Store, Book) = (log, store, book);
                    break;
                default:
                    foreach (SafeFileHandle other in descriptors)
                    {
                        other.Dispose();
                    }

                    break;
            }
        }
    }
}
