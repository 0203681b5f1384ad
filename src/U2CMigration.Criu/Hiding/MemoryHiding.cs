using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Hiding;

/// <summary>
/// Answers a CRIU worker that opens the page map of a process with one that has no pages, and its list of mappings with one that was read before, so that it
/// has nothing to do for each page.
/// </summary>
/// <remarks>
/// The worker runs under a filter of system calls that asks here about each file it opens relative to a directory, and nobody else is affected. Whatever is
/// not understood goes on as if there were no filter. Should this process die, the worker's next such call fails, its dump with it, and the tasks run on.
/// </remarks>
internal sealed class MemoryHiding : IAsyncDisposable
{
    /// <summary>The first version that is not known to open the page map as often as expected here.</summary>
    private static readonly CriuVersion Unknown = new(4, 3);

    /// <summary>The first version that looks for guard regions, which it opens the page map for before it does so for pages.</summary>
    private static readonly CriuVersion LooksForGuards = new(4, 2);

    private readonly SafeFileHandle _listener;
    private readonly BlankAddressSpace _blank;
    private readonly Func<int, bool> _hides;
    private readonly bool _kernelHasGuards;
    private readonly ILogger _logger;
    private readonly SafeFileHandle _stop = Polling.CreateSignal();
    private readonly Thread _thread;
    private readonly Dictionary<int, int> _openings = [];
    private readonly ConcurrentDictionary<int, bool> _hidden = [];

    /// <summary>Begins to answer.</summary>
    /// <param name="questions">Where the worker asks; taken over, like the other process.</param>
    /// <param name="blank">What is shown instead.</param>
    /// <param name="options">What is to be hidden.</param>
    /// <param name="logger">Where to log.</param>
    internal MemoryHiding(SafeFileHandle questions, BlankAddressSpace blank, LazyDumpOptions options, ILogger logger)
    {
        _listener = questions;
        _blank = blank;
        _hides = options.HidesMemory!;
        _kernelHasGuards = options.KernelHasGuardRegions;
        _logger = logger;
        _thread = new Thread(Serve, maxStackSize: 256 * 1024) { IsBackground = true, Name = "criu opens" };
        _thread.Start();
    }

    /// <summary>The mappings that the worker is told.</summary>
    internal TakenMappings Mappings { get; } = new();

    /// <summary>The processes whose pages were hidden.</summary>
    internal IReadOnlyCollection<int> Processes => [.. _hidden.Keys];

    public async ValueTask DisposeAsync()
    {
        Polling.Raise(_stop);
        await Task.Run(_thread.Join).ConfigureAwait(false);
        _stop.Dispose();
        _listener.Dispose();
        await _blank.DisposeAsync().ConfigureAwait(false);
    }

    private void Serve()
    {
        Span<Polling.PollEntry> entries =
        [
            new() { Descriptor = (int)_listener.DangerousGetHandle(), Wanted = Polling.Readable },
            new() { Descriptor = (int)_stop.DangerousGetHandle(), Wanted = Polling.Readable },
        ];
        while (true)
        {
            _ = Polling.Wait(entries, -1);
            if ((entries[0].Results & Polling.Readable) != 0)
            {
                if (Seccomp.TryReceive(_listener, out Seccomp.Question question))
                {
                    Answer(question);
                }
            }
            else if (entries[1].Results != 0 || entries[0].Results != 0)
            {
                // Told to stop, or nobody is left who could ask.
                return;
            }
        }
    }

    private void Answer(in Seccomp.Question question)
    {
        Span<byte> buffer = stackalloc byte[16];
        ReadOnlySpan<byte> path = RemoteMemory.ReadText(question.ThreadId, question.Path, buffer);
        bool answered = false;
        try
        {
            answered = path.SequenceEqual("pagemap"u8) ? TryHide(question) : path.SequenceEqual("smaps"u8) && TryTell(question);
        }
        catch (Exception exception)
        {
            // CRIU does everything itself then, as without us.
            _logger.HidingFailed(exception);
        }

        if (!answered)
        {
            Seccomp.LetContinue(_listener, question.Id);
        }
    }

    private bool TryTell(in Seccomp.Question question)
    {
        if (ProcessOf(question) is not int processId || Mappings.Tell(processId) is not { } mappings)
        {
            return false;
        }

        using SafeFileHandle text = MemoryFile.Create(mappings.ToBytes());
        return Seccomp.TryAnswer(_listener, question.Id, text);
    }

    private bool TryHide(in Seccomp.Question question)
    {
        // Where it has no notes about the kernel yet (/run/criu.kdat), CRIU looks for something in its own page map.
        if (ProcessOf(question) is not int processId || processId == question.ThreadId || !IsForPages(processId) || !_hides(processId))
        {
            return false;
        }

        using SafeFileHandle? pagemap = _blank.OpenPagemapFor(processId);
        if (pagemap is null)
        {
            _logger.MemoryNotHidden("both have something mapped at the same address");
            return false;
        }

        _hidden[processId] = true;
        if (Seccomp.TryAnswer(_listener, question.Id, pagemap))
        {
            return true;
        }

        _hidden.TryRemove(processId, out _);
        _logger.MemoryNotHidden("this kernel can not answer with a descriptor");
        return false;
    }

    /// <summary>The process whose directory of /proc a file is opened in.</summary>
    private static int? ProcessOf(in Seccomp.Question question)
    {
        const string Root = "/proc/";
        string? directory = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{question.ThreadId}/fd/{(int)question.Directory}")).LinkTarget;
        return directory is not null
            && directory.StartsWith(Root, StringComparison.Ordinal)
            && int.TryParse(directory.AsSpan(Root.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            && HasNamespace(question.ThreadId, "pid")
            && HasNamespace(question.ThreadId, "mnt")
            ? processId
            : null;
    }

    /// <summary>Whether a process is in a namespace of ours; with a command prefix CRIU may be elsewhere, and its numbers and files mean others.</summary>
    private static bool HasNamespace(int processId, string kind) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/{kind}")).LinkTarget == new FileInfo($"/proc/self/ns/{kind}").LinkTarget;

    private bool IsForPages(int processId)
    {
        if (_blank.Version is not { } version || version >= Unknown)
        {
            return false;
        }

        int opening = _openings[processId] = _openings.GetValueOrDefault(processId) + 1;
        return opening > (_kernelHasGuards && version >= LooksForGuards ? 1 : 0);
    }
}
