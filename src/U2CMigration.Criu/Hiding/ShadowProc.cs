using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Hiding;

/// <summary>A <c>/proc</c> of its own, in which single files of processes are covered by others. Only those see it who are handed <see cref="Directory"/>.</summary>
/// <remarks>
/// It lies in a mount namespace that one thread is in, and goes with that thread: also when this process dies. All mounts of that namespace are private, so nothing gets out of it.
/// </remarks>
internal sealed class ShadowProc : IDisposable
{
    /// <summary>Where texts are kept; covered in the namespace of the thread alone. Each exists on nearly every system.</summary>
    private static readonly string[] TextPlaces = ["/tmp", "/run", "/mnt"];

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly string _texts = TextPlaces.FirstOrDefault(System.IO.Directory.Exists) ?? throw new IOException($"None of {string.Join(", ", TextPlaces)} exists.");

    private ShadowProc()
    {
        _thread = new Thread(Work, maxStackSize: 512 * 1024) { IsBackground = true, Name = "criu shadow proc" };
        _thread.Start();
        try
        {
            Directory = Run(Begin);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The directory; files are opened relative to it.</summary>
    internal SafeFileHandle Directory { get; } = new();

    /// <summary>Makes one. Takes 0.2 to 3 ms, more on hosts with thousands of mounts.</summary>
    /// <exception cref="IOException">This process may not have mounts of its own (CAP_SYS_ADMIN).</exception>
    internal static ShadowProc Start() => new();

    /// <summary>The path of a file of a process.</summary>
    internal static string PathOf(int processId, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{file}");

    /// <summary>Shows the page map of one process as that of another.</summary>
    internal void CoverPagemap(int processId, int shown) => Run(() => Mount.Bind(PathOf(shown, "pagemap"), PathOf(processId, "pagemap")));

    /// <summary>Shows a text, which can still be changed, as the mappings of a process.</summary>
    /// <returns>The text, empty.</returns>
    internal SafeFileHandle CoverMappings(int processId) => Run(() =>
    {
        string path = Path.Combine(_texts, string.Create(CultureInfo.InvariantCulture, $"{processId}.{Guid.NewGuid():N}"));
        SafeFileHandle text = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Mount.Bind(path, PathOf(processId, "smaps"));
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    });

    /// <summary>Shows a file of a process as it is.</summary>
    internal void Uncover(int processId, string file) => Run(() => Mount.Detach(PathOf(processId, file)));

    /// <summary>Runs something on the one thread, which also traces.</summary>
    internal void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        Directory.Dispose();
        _work.Dispose();
    }

    private T Run<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    private SafeFileHandle Begin()
    {
        Mount.Unshare();
        Mount.Memory(_texts);
        return Mount.OpenDirectory("/proc");
    }

    private void Work()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
