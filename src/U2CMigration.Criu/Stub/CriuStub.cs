using System.Globalization;
using System.Text;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Stub;

/// <summary>A program named <c>criu</c> in a folder of its own, which stands first in the PATH of a container runtime: what the runtime asks of CRIU is asked here.</summary>
/// <remarks>
/// <para>It is a shell script. Nothing but PATH reaches it through every runtime, so it finds its engine by its own folder: it says who calls in one named pipe, and waits in another one for what to
/// do. Calls that are no request over a socket (<c>--version</c>), and all calls once this process has ended, go to the real CRIU.</para>
/// <para>One folder serves one runtime at a time. A call that waits ends with code 1 when this process ends, as this process alone holds the writing end of the pipe that it reads.</para>
/// </remarks>
public sealed class CriuStub : IDisposable
{
    private const string Calls = "calls";
    private const string Verdicts = "verdicts";
    private const string Stop = "0 stop";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _calls;
    private readonly FileStream _verdicts;
    private readonly StringBuilder _read = new();
    private Task _reading = Task.CompletedTask;

    private CriuStub(string folder, FileStream calls, FileStream verdicts) => (Folder, _calls, _verdicts) = (folder, calls, verdicts);

    /// <summary>The folder with the script.</summary>
    public string Folder { get; }

    /// <summary>The PATH with which a runtime finds it.</summary>
    public string SearchPath => $"{Folder}:{Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}";

    /// <summary>Makes the folder, the script and the pipes.</summary>
    /// <param name="folder">An absolute path that does not exist yet, on a file system from which programs may be executed.</param>
    /// <param name="program">The real CRIU: a path, or a name that is looked for in PATH.</param>
    /// <exception cref="CriuException">There is no such program.</exception>
    /// <exception cref="IOException">The folder cannot be made, or programs in it cannot be executed.</exception>
    public static CriuStub Create(string folder, string program = CriuProgram.DefaultName)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Container runtimes call CRIU on Linux only.");
        }

        string real = Path.GetFullPath(CriuProgram.Find(program));
        Directory.CreateDirectory(folder, OwnerOnly);
        try
        {
            NamedPipe.Make(Path.Combine(folder, Calls));
            NamedPipe.Make(Path.Combine(folder, Verdicts));
            string script = Path.Combine(folder, CriuProgram.DefaultName);
            File.WriteAllText(script, Script(real));
            File.SetUnixFileMode(script, OwnerOnly);
            if (!NamedPipe.MayExecute(script))
            {
                throw new IOException($"Programs in {folder} cannot be executed (mounted with noexec). Name another directory.");
            }

            // For reading and writing: opening waits for no one then, and a reader sees the end of a pipe only when this process is gone.
            return new CriuStub(folder, NamedPipe.Open(Path.Combine(folder, Calls)), NamedPipe.Open(Path.Combine(folder, Verdicts)));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Waits for the next call.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<StubCall> NextAsync(CancellationToken cancellationToken)
    {
        Task<string> reading = Task.Factory.StartNew(ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _reading = reading;
        using CancellationTokenRegistration registration = cancellationToken.Register(() => NamedPipe.Write(_calls, Stop));
        string line = await reading.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var process, "swrk", var socket] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            && int.TryParse(socket, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
            ? new StubCall(this, processId, descriptor)
            : throw new CriuException($"A container runtime has called CRIU in a way that is not known here: '{line}'.", "stub");
    }

    /// <summary>Tells the script that waits what to do.</summary>
    internal void Tell(string verdict) => NamedPipe.Write(_verdicts, verdict);

    /// <summary>Removes the folder. A call that waits ends with code 1.</summary>
    public void Dispose()
    {
        if (!_calls.CanRead)
        {
            return;
        }

        if (!_reading.IsCompleted)
        {
            NamedPipe.Write(_calls, Stop);
            ((IAsyncResult)_reading).AsyncWaitHandle.WaitOne();
        }

        _calls.Dispose();
        _verdicts.Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // It is gone.
        }
    }

    private static string Script(string real) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        #!/bin/sh
        # Stands for CRIU while a container is moved; see CriuStub.
        here=${0%/*}
        [ "$1" = swrk ] && kill -0 {{Environment.ProcessId}} 2>/dev/null && [ -p "$here/{{Calls}}" ] || exec '{{real.Replace("'", "'\\''", StringComparison.Ordinal)}}' "$@"
        echo "$$ $*" >"$here/{{Calls}}"
        read -r what code <"$here/{{Verdicts}}" || exit 1
        [ "$what" = exec ] || exit "$code"
        exec '{{real.Replace("'", "'\\''", StringComparison.Ordinal)}}' "$@"

        """);

    private string ReadLine()
    {
        Span<byte> buffer = stackalloc byte[256];
        while (true)
        {
            for (int index = 0; index < _read.Length; index++)
            {
                if (_read[index] == '\n')
                {
                    string line = _read.ToString(0, index);
                    _read.Remove(0, index + 1);
                    return line;
                }
            }

            int length = _calls.Read(buffer);
            _read.Append(Encoding.ASCII.GetString(buffer[..length]));
        }
    }
}
