using Microsoft.Extensions.Logging;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Hiding;

/// <summary>
/// Shows a CRIU worker processes that have no pages, and mappings that were read before, so that it has nothing to do for each page: the page map of a blank process lies over that of each,
/// a text over its list of mappings, in a <c>/proc</c> that the worker is led to while it waits for us.
/// </summary>
/// <remarks>
/// CRIU stops all tasks and then asks for external files before it opens either file: then the descriptors are exchanged (<see cref="DescriptorExchange"/>). Should this process die, the namespace of the
/// covers goes with it, and CRIU undoes what it did because nobody answers it. Calls must not overlap.
/// </remarks>
internal sealed class MemoryHiding : IAsyncDisposable
{
    /// <summary>The first version that asks for external files over RPC whatever it dumps.</summary>
    private static readonly CriuVersion AsksForExternalFiles = new(3, 18);

    private readonly BlankAddressSpace _blank;
    private readonly ShadowProc _shadow;
    private readonly Func<int, bool> _hides;
    private readonly ILogger _logger;
    private readonly Dictionary<int, CoveredProcess> _covered = [];
    private bool _isReady;

    private MemoryHiding(BlankAddressSpace blank, ShadowProc shadow, Func<int, bool> hides, ILogger logger)
    {
        _blank = blank;
        _shadow = shadow;
        _hides = hides;
        _logger = logger;
    }

    /// <summary>The mappings that the worker is told.</summary>
    internal TakenMappings Mappings { get; } = new();

    /// <summary>The processes that were shown without pages.</summary>
    internal IReadOnlyCollection<int> Processes { get; private set; } = [];

    /// <summary>Starts what is needed; null where this process may not do it.</summary>
    internal static MemoryHiding? TryStart(LazyDumpOptions options, ILoggerFactory? loggers, ILogger logger)
    {
        if (!StoppedWorker.IsSupported)
        {
            logger.MemoryNotHidden("processes can be entered on x86-64 only");
            return null;
        }

        ShadowProc shadow;
        try
        {
            shadow = ShadowProc.Start();
        }
        catch (IOException exception)
        {
            logger.MemoryNotHidden(exception.Message);
            return null;
        }

        try
        {
            return new MemoryHiding(BlankAddressSpace.Start(options.Worker, loggers), shadow, options.HidesMemory!, logger);
        }
        catch
        {
            shadow.Dispose();
            throw;
        }
    }

    /// <summary>Does for running processes what can be done before they are stopped.</summary>
    /// <returns>False when nothing can be hidden from this CRIU.</returns>
    internal async Task<bool> ReadyAsync(IReadOnlyCollection<int> processIds, CancellationToken cancellationToken)
    {
        if (!_isReady)
        {
            CriuVersion version = await _blank.ReadyAsync(cancellationToken).ConfigureAwait(false);
            if (version < AsksForExternalFiles)
            {
                _logger.MemoryNotHidden($"CRIU {version} does not ask for external files");
                return false;
            }

            try
            {
                await Task.Run(() => _shadow.Run(() => DescriptorExchange.Rehearse(_blank.ProcessId, _shadow.Directory)), cancellationToken).ConfigureAwait(false);
                await Task.Run(() => OmittedContent.Rehearse(_blank.ProcessId, _logger), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                _logger.MemoryNotHidden(exception.Message);
                return false;
            }

            _isReady = true;
        }

        if (processIds.Count > 0)
        {
            await Task.Run(() => Take(processIds), cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Covers all processes of a tree that are to be hidden, as they are now; again when they have run on.</summary>
    /// <returns>Whether all are hidden.</returns>
    /// <exception cref="IOException">One is covered that must not be: the worker must not be led there.</exception>
    internal bool Cover(int rootProcessId)
    {
        Mappings.TellAgain();

        // Those that have ended and wait to be collected have no memory.
        List<int> tree = [.. TaskList.TreeOf(rootProcessId).Where(static processId => TaskList.StartTimeOf(processId) is not null)];
        Processes = [.. tree.Where(TryCover)];
        return Processes.Count == tree.Count;
    }

    /// <summary>Leads a worker, which waits for an answer, to what was covered.</summary>
    /// <exception cref="IOException">It sees some things as they are now, and must be refused.</exception>
    internal void Exchange(int workerId)
    {
        if (!IsInOwnNamespace(workerId, "pid") || !IsInOwnNamespace(workerId, "mnt"))
        {
            throw new IOException("CRIU runs in other namespaces.");
        }

        _shadow.Run(() => DescriptorExchange.Run(workerId, _shadow.Directory));
    }

    /// <summary>The worker has to be gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _blank.DisposeAsync().ConfigureAwait(false);
        await Task.Run(_shadow.Dispose).ConfigureAwait(false);
        foreach (CoveredProcess covered in _covered.Values)
        {
            covered.Dispose();
        }
    }

    internal static bool IsInOwnNamespace(int processId, string kind) =>
        new FileInfo(ShadowProc.PathOf(processId, $"ns/{kind}")).LinkTarget == new FileInfo($"/proc/self/ns/{kind}").LinkTarget;

    private void Take(IReadOnlyCollection<int> processIds)
    {
        Mappings.Take(processIds);
        foreach (int processId in processIds)
        {
            _ = TryCover(processId);
        }
    }

    private bool TryCover(int processId)
    {
        try
        {
            if (FindOrAdd(processId) is not { } covered)
            {
                return false;
            }

            MappingsText? mappings = Mappings.Tell(processId);
            if (!_hides(processId) || !IsApart(processId, covered, mappings))
            {
                Uncover(processId, covered);
                return false;
            }

            ShowMappings(processId, covered, mappings);
            if (!covered.HasNoPages)
            {
                _shadow.CoverPagemap(processId, _blank.ProcessId);
                covered.HasNoPages = true;
            }

            return true;
        }
        catch (Exception exception)
        {
            // CRIU does everything itself then. What cannot be uncovered must not stay unsaid: its pages would be lost.
            _logger.HidingFailed(exception);
            if (_covered.Remove(processId, out CoveredProcess? failed) && TaskList.StartTimeOf(processId) == failed.StartTime)
            {
                Uncover(processId, failed);
            }

            return false;
        }
    }

    private CoveredProcess? FindOrAdd(int processId)
    {
        if (TaskList.StartTimeOf(processId) is not { } startTime)
        {
            return null;
        }

        if (_covered.TryGetValue(processId, out CoveredProcess? covered) && covered.StartTime == startTime)
        {
            return covered;
        }

        // The covers of a process went with it.
        covered?.Dispose();
        return _covered[processId] = new CoveredProcess(startTime);
    }

    private bool IsApart(int processId, CoveredProcess covered, MappingsText? mappings)
    {
        if (mappings is not null && ReferenceEquals(covered.Apart, mappings))
        {
            return true;
        }

        covered.Apart = mappings;
        if (_blank.IsApartFrom(mappings?.Ranges ?? BlankAddressSpace.Mappings(processId)))
        {
            return true;
        }

        covered.Apart = null;
        _logger.MemoryNotHidden("both have something mapped at the same address");
        return false;
    }

    private void ShowMappings(int processId, CoveredProcess covered, MappingsText? mappings)
    {
        if (mappings is null && covered.Text is null)
        {
            return;
        }

        // Covered by what is not true any more, they are read again: to uncover them is no faster.
        covered.Text ??= _shadow.CoverMappings(processId);
        covered.Write(mappings ?? MappingsText.Read(processId));
    }

    private void Uncover(int processId, CoveredProcess covered)
    {
        if (covered.HasNoPages)
        {
            _shadow.Uncover(processId, "pagemap");
            covered.HasNoPages = false;
        }

        if (covered.Text is { } text)
        {
            _shadow.Uncover(processId, "smaps");
            text.Dispose();
            covered.Text = null;
        }
    }
}
