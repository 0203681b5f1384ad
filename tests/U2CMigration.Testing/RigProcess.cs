using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace U2CMigration.Testing;

/// <summary>A command that runs in a host of a rig. Disposing it kills the command.</summary>
public sealed class RigProcess : IAsyncDisposable
{
    /// <summary>How long what the command left running may keep its output open.</summary>
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task<int> _exitCode;

    internal RigProcess(IReadOnlyList<string> commandLine)
    {
        ProcessStartInfo start = new(commandLine[0], commandLine.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, received) => Take(received.Data);
        _process.ErrorDataReceived += (_, received) => Append(_error, received.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _exitCode = ExitAsync();
    }

    /// <summary>The id of the process outside the host; a signal to it is passed on to the command.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the command has ended.</summary>
    public bool HasExited => _exitCode.IsCompleted;

    /// <summary>The command's standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Waits for the next line of standard output that contains <paramref name="text"/>; lines before it are passed over.</summary>
    /// <exception cref="InvalidOperationException">The command closed its output without such a line; the message holds all it said.</exception>
    public async Task<string> ReadLineAsync(string text, CancellationToken cancellationToken = default)
    {
        await foreach (string line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        int exitCode = await _exitCode.WaitAsync(cancellationToken);
        throw new InvalidOperationException($"The command ended with {exitCode} and never said '{text}'.\n{Said(_output)}\n{Said(_error)}");
    }

    /// <summary>Waits for the end of the command. Cancelling stops the waiting, not the command.</summary>
    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken = default) =>
        new(await _exitCode.WaitAsync(cancellationToken), Said(_output), Said(_error));

    /// <summary>Kills the command and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _exitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    // Once only: Process sets that it has ended before it sets the exit code, so that a second waiter may read 0.
    private async Task<int> ExitAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.Exited += (_, _) => ended.TrySetResult();
        _process.EnableRaisingEvents = true;
        Task outputEnded = _process.WaitForExitAsync();
        await ended.Task;
        if (await Task.WhenAny(outputEnded, Task.Delay(OutputLimit)) != outputEnded)
        {
            Append(_error, "(The command has ended, but a process that it started still has its output open.)");
            _lines.Writer.TryComplete();
        }

        return _process.ExitCode;
    }

    private void Take(string? line)
    {
        Append(_output, line);
        if (line is null)
        {
            _lines.Writer.TryComplete();
        }
        else
        {
            _lines.Writer.TryWrite(line);
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Said(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
