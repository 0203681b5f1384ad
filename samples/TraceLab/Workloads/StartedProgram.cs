using System.Diagnostics;

namespace TraceLab.Workloads;

/// <summary>A child process that goes when this program goes.</summary>
internal sealed class StartedProgram : IDisposable
{
    private readonly Process _process;

    internal StartedProgram(string program, params string[] arguments)
    {
        Command = $"{Path.GetFileName(program)} {string.Join(' ', arguments.Select(static a => a.Length == 0 ? "''" : a))}";
        // Its output is not wanted, but must not block it.
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += (_, line) => LastError = line.Data ?? LastError;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal string Command { get; }

    internal int ProcessId => _process.Id;

    internal string? LastError { get; private set; }

    internal void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw new IOException($"{Command} ended with {_process.ExitCode}. {LastError}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
