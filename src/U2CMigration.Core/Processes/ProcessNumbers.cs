using System.Collections.Concurrent;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Processes;

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

    /// <summary>The number that the images use for a process; that of this host where it ended before it was seen.</summary>
    public int InImages(int processId) =>
        _depth == 0 || (!_inImages.TryGetValue(processId, out int number) && !TryLearn(processId, out number)) ? processId : number;

    /// <summary>Reads the number that the images use for a process, which another one may have had before.</summary>
    /// <returns>False when the process has ended.</returns>
    public bool TryLearn(int processId, out int numberInImages)
    {
        numberInImages = processId;
        if (_depth == 0)
        {
            return true;
        }

        IReadOnlyList<int> numbers = ProcessTree.TryReadStatus(processId)?.NamespaceProcessIds ?? [];
        if (numbers.Count <= _depth)
        {
            return false;
        }

        numberInImages = numbers[_depth];
        _inImages[processId] = numberInImages;
        _onThisHost[numberInImages] = processId;
        return true;
    }

    /// <summary>The number on this host of a process that was translated before.</summary>
    public int OnThisHost(int numberInImages) =>
        _onThisHost.TryGetValue(numberInImages, out int processId) ? processId : numberInImages;
}
