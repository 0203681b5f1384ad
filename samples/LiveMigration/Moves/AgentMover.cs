using System.Diagnostics;
using System.Globalization;
using LiveMigration.Rig;
using LiveMigration.Workloads;
using MigrationEvents;
using MigrationEvents.Views;

namespace LiveMigration.Moves;

/// <summary>Moves with the library: one agent on each host.</summary>
public sealed class AgentMover(Testbed testbed, SceneOptions options, string? strategy) : IMover
{
    private const int Port = 9410;

    // Exit codes of the agent after which the workload runs on the source.
    private const int ExitFailed = 1;
    private const int ExitRefused = 2;

    private static readonly TimeSpan FillPatience = TimeSpan.FromSeconds(30);
    private static readonly string Address = $"{Testbed.ServiceAddressWithPrefix}@{Testbed.Device}";

    public async Task<Move> MoveAsync(Route route, IProgressView view, CancellationToken cancellationToken)
    {
        string endpoint = string.Create(CultureInfo.InvariantCulture, $"{route.To.Address}:{Port}");
        using SecretFile? secret = options.Encrypted ? await SecretFile.CreateAsync(options, cancellationToken) : null;
        string[] trust = secret is null ? ["--allow-unauthenticated"] : ["--secret-file", secret.Path];
        await using HostProcess receiver = testbed.Start(
            route.To,
            [options.Agent, "receive", "--listen", endpoint, .. trust, "--address", Address, .. Receiving(route), "--restore-mode", options.RestoreMode, "--json-lines", .. Verbosity()]);
        if (await NextAsync(receiver, view, cancellationToken) is not ReadyEvent)
        {
            throw new IOException($"The receiving agent did not start: {receiver.Errors}");
        }

        long begin = Stopwatch.GetTimestamp();
        await using HostProcess sender = testbed.Start(route.From, [options.Agent, "send", .. Target(route), "--to", endpoint, .. trust, "--address", Address, .. SendOptions()]);
        using CancellationTokenRegistration interrupt = cancellationToken.Register(sender.Interrupt);
        await using Stalls? stalls = options.Stalls ? Stalls.Begin(Path.GetFileName(options.Agent), sender, receiver) : null;
        view = stalls is null ? view : new StalledUntilFrozen(view, stalls);

        // Not cancelled here: the agent is, and says what became of the workload.
        switch (await NextAsync(sender, view, CancellationToken.None))
        {
            case ResultEvent result:
                return await ArrivedAsync(result, receiver, view, route, cancellationToken);
            case ErrorEvent error:
                return new Move(null, error, begin, route.ProcessId);
            default:
                int code = await sender.ExitAsync(CancellationToken.None);
                string said = $"The sending agent ended without a result (exit code {code}): {sender.Errors}";
                bool untouched = code is ExitFailed or ExitRefused;
                return new Move(
                    null,
                    new ErrorEvent { Message = said, Workload = untouched ? "Running" : "Frozen", IsTransient = false, Phase = untouched ? "Created" : "InDoubt" },
                    begin,
                    route.ProcessId);
        }
    }

    /// <summary>Measures how fast the workload writes new pages, without moving it.</summary>
    public async Task<DirtyRateEvent> DirtyRateAsync(Host host, int processId, CancellationToken cancellationToken)
    {
        await using HostProcess process = testbed.Start(host, [options.Agent, "dirty-rate", "--pid", Text(processId), "--seconds", "2", "--json-lines"]);
        while (await process.NextLineAsync(cancellationToken) is { } line)
        {
            if (AgentEventJson.TryRead(line) is DirtyRateEvent rate)
            {
                return rate;
            }
        }

        throw new IOException($"The dirty rate could not be measured: {process.Errors}");
    }

    private async Task<Move> ArrivedAsync(ResultEvent result, HostProcess receiver, IProgressView view, Route route, CancellationToken cancellationToken)
    {
        result = result with
        {
            FreezeTimestamp = (await testbed.ClockAsync(route.From, CancellationToken.None)).Local(result.FreezeTimestamp),
            ResumeTimestamp = (await testbed.ClockAsync(route.To, CancellationToken.None)).Local(result.ResumeTimestamp),
        };
        long attach = result.FreezeTimestamp - (long)(result.FreezeStartMs / 1000 * Stopwatch.Frequency);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FillPatience);
        AgentEvent? last = await NextAsync(receiver, view, patience.Token);
        if (last is ArrivedEvent arrived)
        {
            return new Move(result with { Fill = result.Fill ?? arrived.Fill }, null, attach, arrived.ProcessId, arrived.PeakMemoryBytes);
        }

        string said = last is ErrorEvent error ? error.Message : receiver.Errors;
        return new Move(result with { Warnings = [.. result.Warnings, $"The receiving agent reported no arrival: {said}"] }, null, attach, route.ProcessId);
    }

    /// <summary>The next event that is not progress; null at the end.</summary>
    private static async Task<AgentEvent?> NextAsync(HostProcess process, IProgressView view, CancellationToken cancellationToken)
    {
        while (await process.NextLineAsync(cancellationToken) is { } line)
        {
            switch (AgentEventJson.TryRead(line))
            {
                case ProgressEvent progress:
                    view.Report(progress);
                    break;
                case { } other:
                    return other;
            }
        }

        return null;
    }

    private IEnumerable<string> Target(Route route) => options.Container is { } runtime ? ["--container", $"{runtime}:{ContainerStarter.Name}"] : ["--pid", Text(route.ProcessId)];

    /// <summary>A container is in the control groups that its runtime makes.</summary>
    private IEnumerable<string> Receiving(Route route) => options.Container is { } runtime ? ["--containers", runtime] : ["--cgroup", route.Cgroup];

    private List<string> SendOptions()
    {
        List<string> arguments = ["--tracker", options.Tracker, "--codec", options.Codec, "--max-duration-s", Text(options.MaxDurationSeconds), "--json-lines", .. Verbosity()];
        if (strategy is not null)
        {
            arguments.AddRange(["--strategy", strategy]);
        }

        if (options.Verify)
        {
            arguments.Add("--verify");
        }

        return arguments;
    }

    private IEnumerable<string> Verbosity() => options.Verbose ? ["--verbose"] : [];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
