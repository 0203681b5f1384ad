using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Hiding;

/// <summary>A process that waits and has nothing mapped where others have their memory: its page map, shown in place of theirs, has no page.</summary>
/// <remarks>It is a second CRIU worker, as that is the one program that is known to be there.</remarks>
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

    /// <summary>The version of CRIU; null as long as the process has not answered.</summary>
    internal CriuVersion? Version => _version.IsCompletedSuccessfully ? _version.Result : null;

    /// <summary>The process.</summary>
    internal int ProcessId => _worker.ProcessId;

    internal static BlankAddressSpace Start(CriuWorkerOptions options, ILoggerFactory? loggers) =>
        new(CriuWorker.Start(options with { InheritedHandles = [], AsksForOpens = false }, loggers));

    /// <summary>Opens the page map, if it has no page where a process has a mapping; null otherwise.</summary>
    /// <exception cref="IOException">One of the processes is gone.</exception>
    internal SafeFileHandle? OpenPagemapFor(int processId)
    {
        _mapped ??= Mappings(ProcessId);
        return Overlap(_mapped, Mappings(processId)) ? null : File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/pagemap"));
    }

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
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps")))
        {
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            ulong start = ulong.Parse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(line.AsSpan(dash + 1, blank - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if ((long)start >= 0)
            {
                mappings.Add((start, end));
            }
        }

        return mappings;
    }
}
