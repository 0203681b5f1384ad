using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace LiveMigration.Rig;

/// <summary>A program that runs in a host of the rig and talks by lines. Disposing ends it.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const int ErrorLinesKept = 40;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _errors = new();
    private readonly Task _reading;

    public HostProcess(ProcessStartInfo start, string name, Action<string>? log = null)
    {
        Name = name;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadLinesAsync(), ReadErrorsAsync(log));
    }

    public string Name { get; }

    /// <summary>The last lines of its standard error, for messages.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>The process of a program that it has started, by the name of that; null when there is none.</summary>
    public int? Find(string program)
    {
        var unseen = new Queue<int>([_process.Id]);
        while (unseen.TryDequeue(out int processId))
        {
            try
            {
                string directory = $"/proc/{processId}";
                if (File.ReadAllText($"{directory}/comm").TrimEnd() == program)
                {
                    return processId;
                }

                foreach (string child in File.ReadAllText($"{directory}/task/{processId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    unseen.Enqueue(int.Parse(child, CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return null;
    }

    public void Send(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>The next line of its standard output; null when it has ended.</summary>
    public async Task<string?> NextLineAsync(CancellationToken cancellationToken) =>
        await _lines.Reader.WaitToReadAsync(cancellationToken) && _lines.Reader.TryRead(out string? line) ? line : null;

    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, as Ctrl-C does.</summary>
    public void Interrupt()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
            kill.WaitForExit();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadLinesAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }

    private async Task ReadErrorsAsync(Action<string>? log)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            log?.Invoke($"[{Name}] {line}");
            lock (_errors)
            {
                _errors.Enqueue(line);
                if (_errors.Count > ErrorLinesKept)
                {
                    _errors.Dequeue();
                }
            }
        }
    }
}
