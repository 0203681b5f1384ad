using System.CommandLine;
using System.Net;
using MigrationAgent.Options;
using MigrationAgent.Output;
using MigrationEvents;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Settlement;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport;

namespace MigrationAgent;

/// <summary><c>send</c>: moves a process tree or a container of this host to another.</summary>
public static class SendCommand
{
    /// <summary>What a timer takes: seven weeks.</summary>
    private const double MaxMilliseconds = int.MaxValue;

    private static readonly TimeSpan SettlePause = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var shared = new SharedOptions();
        var target = new TargetOptions();
        var destination = new Option<EndPoint>("--to") { Description = "The receiver, HOST:PORT.", Required = true, CustomParser = Endpoints.Parse };
        var strategy = new Option<string>("--strategy") { Description = "What decides the rounds and the stop.", DefaultValueFactory = _ => MigrationStrategies.DefaultName };
        strategy.AcceptOnlyFromAmong([.. MigrationStrategies.Names]);
        Option<TrackerKind> tracker = TrackerOption.Create();
        Option<string> codec = CodecOption.Create();
        var verify = new Option<bool>("--verify") { Description = "Compare every page of the frozen source with the restored processes; a sample before the commit, all of them after the resume." };
        var verifyBefore = new Option<bool>("--verify-before-commit") { Description = "Compare all of them before the commit, while the workload is down: the downtime then grows with memory." };
        Option<GiveUp> allow = AllowOption.Create();
        Option<double> mbit = NumberOption.Create("--max-mbit", "The most Mbit/s to send; 0 (default) for no limit.", 0.0, 0, 1e9);
        Option<double> downtime = NumberOption.Create("--downtime-limit-ms", "The longest downtime that is accepted, ms; 0 (default) for no limit.", 0.0, 0, MaxMilliseconds);
        Option<double> duration = NumberOption.Create("--max-duration-s", "The longest time for the rounds before the stop, s (default 600).", 600.0, 0.001, MaxMilliseconds / 1000);
        Option<double> freeze = NumberOption.Create("--freeze-timeout-s", "The longest that the workload may stay frozen before it is rolled back, s (default 30).", 30.0, 0.001, MaxMilliseconds / 1000);
        freeze.Aliases.Add("--freeze-timeout");
        Option<double> silence = NumberOption.Create("--silence-timeout-s", "The longest that the destination may say nothing while the workload is frozen, s (default 5).", 5.0, 1.001, MaxMilliseconds / 1000);
        Option<long> bases = NumberOption.Create("--max-base-memory-mib", "The most memory that the codec takes here for pages as they were sent, MiB; 0 (default) as much as the workload has, at most a quarter of what is available.", 0L, 0, long.MaxValue >> 20);
        bases.Aliases.Add("--max-base-memory");
        var converging = new Option<NonConvergence>("--when-not-converging") { Description = "What happens when a limit can not be kept: StopAnyway, Throttle (less processor time for the workload) or GiveUp." };
        Option<bool> losing = ProtectionOption.Create();
        Option<bool> lacking = ProcessorOption.Create();
        var command = new Command("send", "Moves a process tree or a container of this host to another.");
        command.AddGroup("What and where", [.. target.AddTo(command), destination, allow, losing, lacking, verify, verifyBefore]);
        command.AddGroup("How it is moved", strategy, tracker, codec, bases, mbit);
        command.AddGroup("Limits", downtime, duration, freeze, silence, converging);
        shared.AddTo(command, isSource: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            EndPoint to = parsed.GetRequiredValue(destination);
            string strategyName = parsed.GetRequiredValue(strategy);
            var options = new MigrationSessionOptions
            {
                Destination = to,
                Strategy = () => MigrationStrategies.Create(strategyName),
                Tracker = parsed.GetValue(tracker),
                Codec = CodecOption.Of(parsed.GetRequiredValue(codec)) with { MaxBaseBytes = parsed.GetValue(bases) << 20 },
                GivesUp = parsed.GetValue(allow),
                Criu = shared.Criu(parsed),
                Network = shared.Address(parsed),
                MaxBytesPerSecond = (long)(parsed.GetValue(mbit) * 1e6 / 8),
                Verify = parsed.GetValue(verify) || parsed.GetValue(verifyBefore),
                VerifyBeforeCommit = parsed.GetValue(verifyBefore),
                DowntimeLimit = parsed.GetValue(downtime) is var limit and not 0 ? TimeSpan.FromMilliseconds(limit) : Timeout.InfiniteTimeSpan,
                MaxDuration = TimeSpan.FromSeconds(parsed.GetValue(duration)),
                SilenceTimeout = TimeSpan.FromSeconds(parsed.GetValue(silence)),
                FreezeTimeout = TimeSpan.FromSeconds(parsed.GetValue(freeze)),
                WhenNotConverging = parsed.GetValue(converging),
                AllowLosingProtections = parsed.GetValue(losing),
                AllowMissingProcessorFeatures = parsed.GetValue(lacking),
                Credentials = shared.Trust.Client(parsed, Endpoints.HostName(to)),
                AllowedPeers = shared.Trust.Peers(parsed),
                Secret = shared.Trust.Secrets(parsed) is [var secret, ..] ? secret : null,
                AllowUnauthenticated = shared.Trust.AllowsAnybody(parsed),
            };
            options = shared.WorkDirectory(parsed) is { } directory ? options with { WorkDirectory = directory } : options;
            using ILoggerFactory logs = AgentLogs.Create(shared.Verbose(parsed));
            await using IAgentOutput output = shared.Output(parsed);
            return await SendAsync(target.Target(parsed), options, output, logs, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SendAsync(MigrationTarget target, MigrationSessionOptions options, IAgentOutput output, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        MigrationSession session;
        try
        {
            session = MigrationSession.Create(target, options, logs);
        }
        catch (ArgumentException e)
        {
            await output.WriteAsync(Refusal(e.Message));
            return ExitCode.Refused;
        }

        await using (session)
        {
            try
            {
                await output.WriteAsync(Events.Of(await session.RunAsync(new Forwarder(output), cancellationToken)));
                return ExitCode.Moved;
            }
            catch (MigrationPreflightException e)
            {
                await output.WriteAsync(Events.Of(e));
                return ExitCode.Refused;
            }
            catch (MigrationException e)
            {
                await output.WriteAsync(Events.Of(e));
                return e.Workload is WorkloadState.Frozen or WorkloadState.Held ? await SettleAsync(session, output, logs, cancellationToken) : ExitCode.Failed;
            }
            catch (OperationCanceledException e)
            {
                await output.WriteAsync(Refusal(e.Message) with { IsTransient = true, Phase = session.Phase.ToString() });
                return ExitCode.Failed;
            }
        }
    }

    /// <summary>Asks the destination again and again, as only it knows; Ctrl-C leaves the workload frozen.</summary>
    private static async Task<int> SettleAsync(MigrationSession session, IAgentOutput output, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        ILogger logger = logs.CreateLogger(nameof(MigrationAgent));
        try
        {
            while (true)
            {
                try
                {
                    MigrationSettlement settlement = await session.ResolveAsync(cancellationToken);
                    logger.LogWarning("The migration is settled: {Settlement}.", settlement);
                    await output.WriteAsync(new SettledEvent(session.MigrationId, settlement.ToString()));
                    return settlement == MigrationSettlement.Moved ? ExitCode.Moved : ExitCode.Failed;
                }
                catch (Exception e) when (e is TransportException or MigrationProtocolException)
                {
                    logger.LogWarning("The destination can not be asked what became of the workload ({Reason}); it stays frozen. Trying again.", e.Message);
                    await Task.Delay(SettlePause, cancellationToken);
                }
            }
        }
        catch (MigrationException e) when (e.Workload == WorkloadState.Frozen)
        {
            await output.WriteAsync(Events.Of(e));
            return ExitCode.InDoubt;
        }
        catch (MigrationException e)
        {
            logger.LogError("The migration is settled: {Reason}", e.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.InDoubt;
        }
    }

    private static ErrorEvent Refusal(string message) =>
        new() { Message = message, Workload = nameof(WorkloadState.Running), IsTransient = false, Phase = nameof(MigrationPhase.Created) };

    private sealed class Forwarder(IAgentOutput output) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => output.Progress(Events.Of(value));
    }
}
