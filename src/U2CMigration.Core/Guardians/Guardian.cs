using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Guardians;

/// <summary>A small process that undoes something when this process is gone, however it ended. It is outside the control groups of this process, needs no other program, and is replaced if it is killed itself.</summary>
internal sealed class Guardian : IDisposable
{
    private const byte SettledWord = (byte)'S';
    private const byte UnsettledWord = (byte)'U';

    /// <summary>Anyone who kills more means it.</summary>
    private const int MostReplacements = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly byte[] _script;
    private readonly Action _replaced;

    /// <summary>The network namespace in which it works, where that is another one than this process has: it was started on a thread in it, and anyone who replaces it stands elsewhere.</summary>
    private readonly SafeFileHandle? _network = NetworkNamespace.TryOpenOfThread();

    private Process _process;
    private byte _told;
    private int _replacements;
    private bool _isReplaced;
    private bool _disposed;

    private Guardian(byte[] script, bool isReplaced, Action? replaced)
    {
        (_script, _isReplaced, _replaced) = (script, isReplaced, replaced ?? (static () => { }));
        (_process, Confined) = Launch();
    }

    /// <summary>The process that waits.</summary>
    public int ProcessId
    {
        get
        {
            lock (_lock)
            {
                return _process.Id;
            }
        }
    }

    /// <summary>Whether it is gone, and no one has replaced it.</summary>
    public bool IsGone
    {
        get
        {
            lock (_lock)
            {
                return _process.HasExited;
            }
        }
    }

    /// <summary>Completes when it stands outside the control groups of this process; with a sentence where it does not.</summary>
    public Task<string?> Confined { get; private set; }

    /// <summary>Starts one.</summary>
    /// <param name="name">What it is called in a list of processes.</param>
    /// <param name="undo">What it does in the end, after <see cref="Dispose"/> too, unless it was told that all is settled.</param>
    /// <param name="settled">What it does in the end then.</param>
    /// <param name="isReplaced">Whether another one is started when it is killed.</param>
    /// <param name="replaced">Called when another one was started.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static Guardian Start(string name, GuardianScript undo, GuardianScript? settled = null, bool isReplaced = true, Action? replaced = null) =>
        new(GuardianScript.ToBytes(name, undo, settled ?? new GuardianScript()), isReplaced, replaced);

    /// <summary>From now on another one is started when it is killed.</summary>
    public void ReplaceWhenKilled()
    {
        lock (_lock)
        {
            _isReplaced = true;
        }
    }

    /// <summary>Tells it that there is nothing to undo any more, or that there is again; it knows by the time this returns, even if this process ends in the next moment.</summary>
    public void Settle(bool isSettled = true)
    {
        lock (_lock)
        {
            _told = isSettled ? SettledWord : UnsettledWord;
            TrySend(_process, [_told]);
        }
    }

    /// <summary>Lets it do its work and end.</summary>
    public void Dispose()
    {
        Process process;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            process = _process;
            if (process.HasExited && _told != SettledWord)
            {
                // It was killed in this very moment, and what it would have done is still to do.
                process.Dispose();
                _process = process = Launch().Process;
            }

            CloseInput(process);
        }

        process.WaitForExit(Patience);
        process.Dispose();
        _network?.Dispose();
        GuardianGroup.RemoveIfEmpty();
    }

    private (Process Process, Task<string?> Confined) Launch() =>
        Criu.Interop.Namespace.RunInNetwork(_network is null ? null : string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_network.DangerousGetHandle()}"), LaunchHere);

    private (Process Process, Task<string?> Confined) LaunchHere()
    {
        var start = new ProcessStartInfo(GuardianProgram.Path) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new IOException($"The process that undoes what is done when this one is killed cannot be started ({e.Message}). Let this program run programs from memory (vm.memfd_noexec) or from {Path.GetTempPath()}.", e);
        }

        TrySend(process, _script);
        if (_told != 0)
        {
            TrySend(process, [_told]);
        }

        process.Exited += (_, _) => Replace(process);
        if (process.HasExited)
        {
            // Before it could be heard of.
            _ = Task.Run(() => Replace(process));
        }

        int id = process.Id;
        return (process, Task.Run(() => GuardianGroup.TryTakeOut(id)));
    }

    private void Replace(Process killed)
    {
        lock (_lock)
        {
            if (_disposed || !_isReplaced || killed != _process || _replacements++ >= MostReplacements)
            {
                return;
            }

            try
            {
                (_process, Confined) = Launch();
                killed.Dispose();
            }
            catch (IOException)
            {
                // Nothing can be started any more; the migration continues all the same, as it is safer done than left half done.
                return;
            }
        }

        _replaced();
    }

    private static void TrySend(Process process, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Stream input = process.StandardInput.BaseStream;
            input.Write(bytes);
            input.Flush();
        }
        catch (IOException)
        {
            // Somebody has killed it: another one is told.
        }
    }

    private static void CloseInput(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed.
        }
    }
}
