using System.Diagnostics;
using System.Globalization;
using LiveMigration.Rig;

namespace LiveMigration.Moves;

/// <summary>Holds the agents up now and then, as a busy machine does, until the workload is frozen: each is stopped for a moment, again and again.</summary>
public sealed class Stalls : IAsyncDisposable
{
    private const int ShortestMs = 20;
    private const int LongestMs = 150;

    private readonly IReadOnlyList<HostProcess> _agents;
    private readonly string _program;
    private readonly CancellationTokenSource _ending = new();
    private readonly Random _random = new();
    private readonly Task _stalling;

    private Stalls(string program, IReadOnlyList<HostProcess> agents)
    {
        (_program, _agents) = (program, agents);
        _stalling = RunAsync();
    }

    /// <summary>Begins to hold agents up.</summary>
    /// <param name="program">The name of the agent's program.</param>
    /// <param name="agents">What runs them.</param>
    public static Stalls Begin(string program, params IReadOnlyList<HostProcess> agents) => new(program, agents);

    /// <summary>Holds up nothing from now on; what is stopped runs on at once.</summary>
    public void End() => _ending.Cancel();

    public async ValueTask DisposeAsync()
    {
        End();
        await _stalling;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await PauseAsync();
            if (!_ending.IsCancellationRequested && _agents[_random.Next(_agents.Count)].Find(_program) is { } processId)
            {
                await SignalAsync("STOP", processId);
                await PauseAsync();
                await SignalAsync("CONT", processId);
            }
        }
    }

    private Task PauseAsync() => Task.Delay(_random.Next(ShortestMs, LongestMs), _ending.Token).ContinueWith(static _ => { }, TaskScheduler.Default);

    private static async Task SignalAsync(string signal, int processId)
    {
        using Process kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }
}
