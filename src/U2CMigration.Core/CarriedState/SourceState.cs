using System.Globalization;
using System.Runtime.CompilerServices;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.CarriedState.Inner;
using U2CMigration.Core.CarriedState.Sockets;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Progress;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Core.CarriedState;

/// <summary>Reads on the source what CRIU's images leave out: what only the tasks know while they run, the rest while they are frozen.</summary>
/// <param name="rootProcessId">The root of the tree.</param>
/// <param name="numbers">The numbers of the tree's processes in the images.</param>
/// <param name="mayLoseProtections">Whether the caller allows to lose what nothing can give back.</param>
/// <param name="notes">Hears of it.</param>
internal sealed class SourceState(int rootProcessId, ProcessNumbers numbers, bool mayLoseProtections, MigrationNotes notes) : IDisposable
{
    private const int MostAttempts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<int, IReadOnlyList<ulong>> _sealed = [];
    private readonly LandlockProbe _probe = new();
    private InnerReading _inner = new();

    /// <summary>Asks the running tasks what only they know.</summary>
    /// <param name="processIds">The processes.</param>
    /// <returns>Protections that nothing can give back at the destination, a sentence each; none where the caller allowed to lose them.</returns>
    public async Task<IReadOnlyList<string>> AskAsync(IReadOnlyCollection<int> processIds)
    {
        await Task.Run(() => _probe.Prepare(processIds)).ConfigureAwait(false);
        _inner = await InnerReading.TakeAsync(processIds, _probe).ConfigureAwait(false);
        for (int attempt = 1; _inner.Missed.Count > 0 && attempt < MostAttempts; attempt++)
        {
            await Task.Delay(Pause).ConfigureAwait(false);
            _inner = await InnerReading.TakeAsync(processIds, _probe).ConfigureAwait(false);
        }

        IReadOnlyList<string> lost = [.. await Task.Run(() => Lost(processIds)).ConfigureAwait(false), .. _inner.Missed];
        foreach (string warning in _inner.Unasked.Concat(_probe.Problems).Concat(mayLoseProtections ? lost : []).Except(notes.Warnings).ToArray())
        {
            notes.Warn(warning);
        }

        return mayLoseProtections || lost.Count == 0 ? [] : [.. lost, LostProtections.Remedy];
    }

    /// <summary>Asks again, shortly before the freeze.</summary>
    /// <exception cref="Errors.MigrationException">A protection would be lost.</exception>
    public async Task AskAgainAsync(IReadOnlyCollection<int> processIds, Func<int, IReadOnlyList<(string Mapping, string Flags)>?> mappingsOf)
    {
        IReadOnlyList<string> lost = await AskAsync(processIds).ConfigureAwait(false);
        foreach (int processId in processIds)
        {
            _sealed[processId] = SealedMappings.Of(processId, mappingsOf(processId));
        }

        if (RuntimeFeature.IsDynamicCodeCompiled)
        {
            // Compiled now, and not while the workload is down.
            await Task.Run(() => CarriedSender.Write(Read())).ConfigureAwait(false);
        }

        if (lost.Count > 0)
        {
            throw notes.Failure(string.Join(' ', lost), isTransient: _inner.Missed.Count > 0 && _inner.Restricted.Count == 0);
        }
    }

    /// <summary>Looks whether a destination can take what the tasks have; one that cannot takes all the rest.</summary>
    /// <exception cref="Errors.MigrationException">A protection would be lost.</exception>
    public bool CanGiveTo(MigrationConnection connection)
    {
        if ((connection.Features & ProtocolFeatures.CarriedState) != 0)
        {
            return true;
        }

        string[] protections = [.. InnerAttributes.All.Where(attribute => attribute.IsProtection && _inner.Values.Values.Any(values => values.ContainsKey(attribute.Name))).Select(static attribute => attribute.Name),
            .. _sealed.Values.Any(static ranges => ranges.Count > 0) ? (string[])["sealed mappings"] : []];
        if (protections.Length > 0 && !mayLoseProtections)
        {
            throw notes.Failure($"The workload is protected ({string.Join(", ", protections)}), and this destination cannot give it that. Update the destination. {LostProtections.Remedy}", isTransient: false);
        }

        notes.Warn("This destination does not take what CRIU's images leave out, and the workload has what is usual there: options of sockets, multicast groups, processor affinity, I/O priority, timer slack, personality, core dump filter. Update the destination.");
        return false;
    }

    /// <summary>Ends what was started to ask.</summary>
    public void Dispose() => _probe.Dispose();

    /// <summary>What would be lost, a sentence each.</summary>
    private IReadOnlyList<string> Lost(IReadOnlyCollection<int> processIds)
    {
        var sockets = new SocketReading(static process => process);
        foreach (int processId in processIds)
        {
            sockets.AddProtections(processId);
        }

        int[] restricted = [.. _inner.Restricted.Select(ProcessOf).Distinct()];
        string[] sandboxes = restricted.Length == 0
            ? []
            : [$"{(restricted.Length == 1 ? "Process" : "Processes")} {string.Join(", ", restricted)} of the workload {(restricted.Length == 1 ? "is" : "are")} in a Landlock sandbox, which the kernel shows nobody, so that no restore can build it again."];
        return [.. sandboxes, .. sockets.LostProtections];
    }

    /// <summary>Reads a frozen tree.</summary>
    public CarriedTree Read()
    {
        IReadOnlyList<int> processes = ProcessTree.List(rootProcessId);
        var threads = new Dictionary<string, (List<int> Threads, Dictionary<string, string> Attributes, IReadOnlyDictionary<string, long> Inner)>();
        var whole = new List<CarriedProcess>();
        var sockets = new SocketReading(numbers.InImages);
        foreach (int processId in processes)
        {
            whole.Add(new CarriedProcess(numbers.InImages(processId), Read(ProcessAttributes.All, processId), SealedOf(processId)));
            sockets.Add(processId);
            foreach (int threadId in ProcessTree.Threads(processId))
            {
                Dictionary<string, string> attributes = Read(ThreadAttributes.All, threadId);
                attributes["personality"] = ProcText.TryRead(threadId, "personality") ?? "00000000";
                IReadOnlyDictionary<string, long> inner = _inner.Of(threadId, processId);
                string key = string.Join('|', attributes.Select(static one => one.Value)) + '|' + string.Join('|', inner.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Key}={one.Value}")));
                if (!threads.TryGetValue(key, out (List<int> Threads, Dictionary<string, string> Attributes, IReadOnlyDictionary<string, long> Inner) same))
                {
                    threads.Add(key, same = ([], attributes, inner));
                }

                same.Threads.Add(numbers.InImages(threadId));
            }
        }

        return new CarriedTree
        {
            Processes = whole,
            Threads = [.. threads.Values.Select(static same => new CarriedThreads(same.Threads, same.Attributes, same.Inner))],
            Sockets = sockets.Sockets,
            GroupLimits = GroupLimits.Of(processes),
            Waiting = Backlog.Read(processes),
        };
    }

    /// <summary>A process that came later has what its parent had.</summary>
    private IReadOnlyList<ulong> SealedOf(int processId)
    {
        for (int known = processId; known > 0; known = ProcessTree.TryReadStat(known, out ProcessStat stat) ? stat.ParentProcessId : 0)
        {
            if (_sealed.TryGetValue(known, out IReadOnlyList<ulong>? found))
            {
                return found;
            }
        }

        return [];
    }

    private static Dictionary<string, string> Read(IReadOnlyList<OuterAttribute> attributes, int threadId)
    {
        var values = new Dictionary<string, string>();
        foreach (OuterAttribute attribute in attributes)
        {
            if (attribute.Read(threadId) is { } value)
            {
                values[attribute.Name] = value;
            }
        }

        return values;
    }

    private static int ProcessOf(int threadId)
    {
        string? group = ProcText.TryRead(threadId, "status")?.Split('\n').FirstOrDefault(static line => line.StartsWith("Tgid:", StringComparison.Ordinal));
        return group is null ? threadId : int.Parse(group.AsSpan("Tgid:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
