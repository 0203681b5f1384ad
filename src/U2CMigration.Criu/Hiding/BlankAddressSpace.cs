using Microsoft.Extensions.Logging;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Hiding;

/// <summary>A process that waits and has nothing mapped where others have their memory: its page map, shown in place of theirs, has no page.</summary>
/// <remarks>
/// It is a second CRIU worker, as that is the one program that is known to be there, at fixed addresses: those lie at the very top, above the place where processes with random ones begin.
/// With random ones it would have something where a program with terabytes of reserved addresses does, two times of three.
/// </remarks>
internal sealed class BlankAddressSpace : IAsyncDisposable
{
    private readonly CriuWorker _worker;
    private readonly Task<CriuVersion> _version;
    private List<(ulong Start, ulong End)>? _mapped;

    private BlankAddressSpace(CriuWorker worker)
    {
        _worker = worker;

        // With its answer it is behind its start, and waits in one system call for the next request: its mappings do not change any more.
        _version = worker.VersionAsync();
    }

    /// <summary>The process.</summary>
    internal int ProcessId => _worker.ProcessId;

    internal static BlankAddressSpace Start(CriuWorkerOptions options, ILoggerFactory? loggers) =>
        new(CriuWorker.Start(options with { InheritedHandles = [], HasFixedAddresses = true }, loggers));

    /// <summary>Waits until it can be used.</summary>
    /// <returns>The version of CRIU.</returns>
    internal async Task<CriuVersion> ReadyAsync(CancellationToken cancellationToken) => await _version.WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Whether it has no page where others have a mapping; it has to be ready.</summary>
    internal bool IsApartFrom(List<(ulong Start, ulong End)> mappings) => !Overlap(_mapped ??= Mappings(ProcessId), mappings);

    /// <summary>Lets the process end by itself, which it does when nobody is left to ask it.</summary>
    internal void Abandon() => _worker.Abandon();

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync().ConfigureAwait(false);
        await ((Task)_version).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Whether two ascending lists have an address in common.</summary>
    internal static bool Overlap(List<(ulong Start, ulong End)> first, List<(ulong Start, ulong End)> second)
    {
        int other = 0;
        foreach ((ulong start, ulong end) in first)
        {
            while (other < second.Count && second[other].End <= start)
            {
                other++;
            }

            if (other < second.Count && second[other].Start < end)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The user's half of /proc/PID/maps; the other half ([vsyscall]) is alike in all processes and in no page map.</summary>
    internal static List<(ulong Start, ulong End)> Mappings(int processId)
    {
        var mappings = new List<(ulong Start, ulong End)>(128);
        foreach (string line in File.ReadLines(ShadowProc.PathOf(processId, "maps")))
        {
            (ulong Start, ulong End) range = MappingsText.RangeOf(line);
            if ((long)range.Start >= 0)
            {
                mappings.Add(range);
            }
        }

        return mappings;
    }
}
