using System.Globalization;
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.MemoryEvents;

/// <summary>Tells without a gap which processes of this host fork, map objects, or map again what they have. The kernel writes it into a ring of each processor before the new process or mapping can be used.</summary>
/// <remarks>Nothing happens in the processes. While it is open each system call of the host takes some 20 ns longer, as for any tracepoint of system calls.</remarks>
internal sealed class MemoryEventWatch : IDisposable
{
    /// <summary>For some thousands of records between two takes, on each processor.</summary>
    internal const int RingBytes = 512 << 10;

    private static readonly TimeSpan DrainedEvery = TimeSpan.FromMilliseconds(50);

    private readonly EventRing[] _rings;
    private readonly string _processors;
    private readonly Func<string> _processorsNow;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _ending = new();
    private readonly Thread? _thread;
    private MemoryEventSet _events = new();

    private MemoryEventWatch(EventRing[] rings, string processors, Func<string> processorsNow, bool drains)
    {
        (_rings, _processors, _processorsNow) = (rings, processors, processorsNow);
        if (drains)
        {
            _thread = new Thread(DrainOften, maxStackSize: 256 * 1024) { IsBackground = true, Name = "memory events" };
            _thread.Start();
        }
    }

    /// <summary>Begins.</summary>
    /// <param name="ringBytes">The size of each ring, a power of two pages.</param>
    /// <param name="drains">Whether the rings are emptied in the background too.</param>
    /// <param name="processors">Tells the processors that are online, as the kernel writes it; null for the kernel's word.</param>
    /// <returns>Null where the kernel does not have it or does not allow it.</returns>
    internal static MemoryEventWatch? TryOpen(int ringBytes = RingBytes, bool drains = true, Func<string>? processors = null)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return null;
        }

        var rings = new List<EventRing>();
        try
        {
            processors ??= static () => File.ReadAllText("/sys/devices/system/cpu/online").Trim();
            string online = processors();
            if (TracePoint.TryFind("syscalls/sys_enter_mremap") is { } mremap)
            {
                foreach (int processor in Numbers(online))
                {
                    if (EventRing.TryOpen(processor, mremap, ringBytes) is not { } ring)
                    {
                        break;
                    }

                    rings.Add(ring);
                }

                if (rings.Count == Numbers(online).Count && processors() == online)
                {
                    return new MemoryEventWatch([.. rings], online, processors, drains);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
        }

        rings.ForEach(static ring => ring.Dispose());
        return null;
    }

    /// <summary>What has happened since the last call.</summary>
    internal MemoryEventSet Take()
    {
        lock (_gate)
        {
            Drain();

            // Another processor has a ring of its own.
            _events.IsIncomplete |= _processorsNow() != _processors;
            (MemoryEventSet taken, _events) = (_events, new MemoryEventSet());
            return taken;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Set();
        _thread?.Join();
        _ending.Dispose();
        Array.ForEach(_rings, static ring => ring.Dispose());
    }

    /// <summary>The numbers in a list such as <c>0-3,8</c>.</summary>
    internal static List<int> Numbers(string list)
    {
        List<int> numbers = [];
        foreach (string part in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int[] ends = [.. part.Split('-').Select(static end => int.Parse(end, NumberStyles.None, CultureInfo.InvariantCulture))];
            numbers.AddRange(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }

        return numbers;
    }

    private void DrainOften()
    {
        while (!_ending.Wait(DrainedEvery))
        {
            lock (_gate)
            {
                Drain();
            }
        }
    }

    private void Drain() => Array.ForEach(_rings, ring => ring.Drain(_events));
}
