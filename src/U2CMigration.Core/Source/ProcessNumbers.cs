using System.Collections.Concurrent;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Source;

/// <summary>Translates process numbers between this process's PID namespace and the images, which use that of the tree's root.</summary>
internal sealed class ProcessNumbers
{
    private readonly int _depth;
    private readonly ConcurrentDictionary<int, int> _inImages = [];
    private readonly ConcurrentDictionary<int, int> _onThisHost = [];

    /// <summary>Reads how deep the root lies below our namespace: a container has its own PID namespace, a plain process tree has not.</summary>
    public ProcessNumbers(int rootProcessId)
    {
        // A root that is process 1 of its namespace takes the namespace along; any other root is dumped within the namespace that CRIU shares with it.
        IReadOnlyList<int> numbers = ProcessTree.TryReadStatus(rootProcessId)?.NamespaceProcessIds ?? [rootProcessId];
        _depth = numbers.Count - 1;
    }

    /// <summary>The number that the images use for a process.</summary>
    public int InImages(int processId)
    {
        if (_depth == 0)
        {
            return processId;
        }

        if (!_inImages.TryGetValue(processId, out int number))
        {
            IReadOnlyList<int> numbers = ProcessTree.TryReadStatus(processId)?.NamespaceProcessIds ?? [];
            number = numbers.Count > _depth ? numbers[_depth] : processId;
            _inImages[processId] = number;
            _onThisHost[number] = processId;
        }

        return number;
    }

    /// <summary>The number on this host of a process that was translated before.</summary>
    public int OnThisHost(int numberInImages) =>
        _onThisHost.TryGetValue(numberInImages, out int processId) ? processId : numberInImages;
}
