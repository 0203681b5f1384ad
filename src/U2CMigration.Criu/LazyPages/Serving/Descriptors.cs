using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>The descriptors the serving thread listens to: its own signal, CRIU's socket, one per process.</summary>
internal sealed class Descriptors : IDisposable
{
    private const int FirstTask = 2;
    private const int NoDescriptor = -1;

    private readonly SafeFileHandle _signal = Polling.CreateSignal();
    private Polling.PollEntry[] _entries = new Polling.PollEntry[FirstTask + 8];
    private int _tasks;
    private int _version = -1;

    /// <summary>Whether CRIU's socket has something.</summary>
    internal bool SocketIsReady => _entries[1].Results != 0;

    internal bool IsClosed => _signal.IsClosed;

    /// <summary>Ends the present or the next wait; from any thread.</summary>
    internal void Signal() => Polling.Raise(_signal);

    /// <summary>Waits; a negative <paramref name="socket"/> is left out.</summary>
    internal void Wait(RestoredTasks tasks, int socket, int timeoutMilliseconds)
    {
        _entries[0] = new Polling.PollEntry { Descriptor = (int)_signal.DangerousGetHandle(), Wanted = Polling.Readable };
        _entries[1] = new Polling.PollEntry { Descriptor = socket < 0 ? NoDescriptor : socket, Wanted = Polling.Readable };
        if (_version != tasks.Version)
        {
            Rebuild(tasks);
        }

        _ = Polling.Wait(_entries.AsSpan(0, FirstTask + _tasks), timeoutMilliseconds);
        if (_entries[0].Results != 0)
        {
            Polling.Lower(_signal);
        }
    }

    /// <summary>Whether the process at a position of the list that <see cref="Wait"/> was given has something.</summary>
    internal bool TaskIsReady(int position) => _entries[FirstTask + position].Results != 0;

    /// <inheritdoc/>
    public void Dispose() => _signal.Dispose();

    private void Rebuild(RestoredTasks tasks)
    {
        _tasks = tasks.Open.Length;
        _version = tasks.Version;
        if (_entries.Length < FirstTask + _tasks)
        {
            Array.Resize(ref _entries, FirstTask + (_tasks * 2));
        }

        for (int position = 0; position < _tasks; position++)
        {
            int number = (int)tasks.Open[position].Descriptor.DangerousGetHandle();
            _entries[FirstTask + position] = new Polling.PollEntry { Descriptor = number, Wanted = Polling.Readable };
        }
    }
}
