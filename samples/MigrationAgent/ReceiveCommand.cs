using System.CommandLine;
using System.Net;
using MigrationAgent.Options;
using MigrationAgent.Output;
using MigrationEvents;
using Microsoft.Extensions.Logging;
using U2CMigration.Containers;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Trust;
using U2CMigration.Transport;

namespace MigrationAgent;

/// <summary><c>receive</c>: takes process trees from other hosts.</summary>
public static class ReceiveCommand
{
    private static readonly Dictionary<string, RestoreMode> Modes = new() { ["auto"] = RestoreMode.Auto, ["first-touch"] = RestoreMode.FirstTouch, ["flat-images"] = RestoreMode.FlatImages };

    private static readonly TimeSpan SecretLifetime = TimeSpan.FromDays(1);

    public static Command Create()
    {
        var shared = new SharedOptions();
        var listen = new Option<IPEndPoint?>("--listen")
        {
            Description = "ADDRESS:PORT to listen on; port 0 takes a free one (default: port 9410, of loopback only unless peers prove who they are or --allow-unauthenticated is given).",
            CustomParser = result =>
            {
                if (IPEndPoint.TryParse(result.Tokens[0].Value, out IPEndPoint? endpoint))
                {
                    return endpoint;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not of the form ADDRESS:PORT, for example 0.0.0.0:9410.");
                return null;
            },
        };
        var cgroup = new Option<string?>("--cgroup") { Description = "An existing cgroup directory to put the workload into." };
        Option<int> count = NumberOption.Create("--count", "End after so many workloads; 0 to go on until Ctrl-C (default 1).", 1, 0, int.MaxValue);
        var mode = new Option<string>("--restore-mode") { Description = $"How memory is given to the workload: {string.Join(", ", Modes.Keys)}.", DefaultValueFactory = _ => "auto" };
        mode.AcceptOnlyFromAmong([.. Modes.Keys]);
        Option<long> memory = NumberOption.Create("--max-memory-mib", "The most memory that a workload may bring, MiB; 0 (default) for what the host has available.", 0L, 0, long.MaxValue >> 20);
        Option<int> concurrent = NumberOption.Create("--max-concurrent", "The most workloads that come in at the same time (default 2).", 2, 1, int.MaxValue);
        var containers = new Option<string[]>("--containers") { HelpName = "RUNTIME", Description = $"Take containers of this runtime as well: {string.Join(", ", ContainerRuntime.All)}. Can be repeated.", DefaultValueFactory = static _ => [] };
        containers.AcceptOnlyFromAmong([.. ContainerRuntime.All.Select(static runtime => runtime.Kind)]);
        var state = new Option<string>("--container-state") { HelpName = "DIRECTORY", Description = "Where the runtime keeps its books (--root of runc, crun and podman).", DefaultValueFactory = static _ => string.Empty };
        var bridge = new Option<string?>("--bridge") { HelpName = "NAME", Description = "The bridge of this host into which containers with a network namespace of their own are plugged (default: one of the same name as on the source)." };
        var network = new Option<string?>("--network-namespace") { HelpName = "PATH", Description = "A network namespace that was prepared on this host for the container that comes (default: one is made like that of the source)." };
        var command = new Command("receive", "Takes process trees and containers from other hosts.");
        command.AddGroup("Receiving", listen, cgroup, count, mode, memory, concurrent, containers, state, bridge, network);
        var policy = new PolicyOptions();
        policy.AddTo(command);
        shared.AddTo(command, isSource: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<MigrationSecret> secrets = shared.Trust.Secrets(parsed);
            var options = new MigrationReceiverOptions
            {
                Listen = parsed.GetValue(listen) ?? new IPEndPoint(shared.Trust.IsLocked(parsed) || shared.Trust.AllowsAnybody(parsed) ? IPAddress.Any : IPAddress.Loopback, 9410),
                Criu = shared.Criu(parsed),
                Network = shared.Network(parsed),
                TreeHosts = [.. (parsed.GetValue(containers) ?? []).Distinct().Select(kind => ContainerHost.Of(ContainerRuntime.Find(kind)!, ContainersFrom(parsed.GetValue(state), parsed.GetValue(bridge), parsed.GetValue(network))))],
                RestoreMode = Modes[parsed.GetRequiredValue(mode)],
                MaxMemoryBytes = parsed.GetValue(memory) << 20,
                MaxConcurrentMigrations = parsed.GetValue(concurrent),
                CgroupDirectory = parsed.GetValue(cgroup),
                Credentials = shared.Trust.Server(parsed),
                AllowedPeers = shared.Trust.Peers(parsed),
                RequireSecret = secrets.Count > 0,
                AllowUnauthenticated = shared.Trust.AllowsAnybody(parsed),
                Policy = policy.Policy(parsed),
            };
            options = shared.WorkDirectory(parsed) is { } directory ? options with { WorkDirectory = directory } : options;
            using ILoggerFactory logs = AgentLogs.Create(shared.Verbose(parsed));
            await using IAgentOutput output = shared.Output(parsed);
            return await ReceiveAsync(options, secrets, parsed.GetValue(count), output, logs, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ReceiveAsync(MigrationReceiverOptions options, IReadOnlyList<MigrationSecret> secrets, int count, IAgentOutput output, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        MigrationReceiver receiver;
        try
        {
            receiver = MigrationReceiver.Create(options, logs);
        }
        catch (Exception e) when (e is ArgumentException or TransportException or IOException)
        {
            await output.WriteAsync(Refusal(e.Message));
            return ExitCode.Refused;
        }

        await using (receiver)
        {
            foreach (MigrationSecret secret in secrets)
            {
                // A receiver that waits longer is started again with another one.
                receiver.Expect(secret, SecretLifetime);
            }

            if (await receiver.CheckAsync(cancellationToken) is { Count: > 0 } problems)
            {
                await output.WriteAsync(Refusal(string.Join(' ', problems)));
                return ExitCode.Refused;
            }

            await output.WriteAsync(new ReadyEvent(receiver.Endpoint.ToString()));
            try
            {
                var unreleased = new List<MigratedContainer>();
                for (int received = 0; count == 0 || received < count; received++)
                {
                    MigratedContainer container = await receiver.ReceiveAsync(cancellationToken);
                    await output.WriteAsync(Events.Of(container));
                    if (!container.IsSourceReleased && count != 0)
                    {
                        unreleased.Add(container);
                    }
                }

                await AnswerSourcesAsync(receiver, unreleased, logs, cancellationToken);
                return ExitCode.Moved;
            }
            catch (OperationCanceledException)
            {
                return count == 0 ? ExitCode.Moved : ExitCode.Failed;
            }
        }
    }

    private static ContainerHostOptions ContainersFrom(string? stateRoot, string? bridge, string? network) => new()
    {
        StateRoot = stateRoot ?? string.Empty,
        Bridge = (_, source) => bridge ?? source,
        NetworkNamespace = (_, source) => network ?? source,
    };

    private static ErrorEvent Refusal(string why) =>
        new() { Message = why, Workload = nameof(WorkloadState.Running), IsTransient = false, Phase = nameof(MigrationPhase.Created) };

    /// <summary>A source that lost the connection after the commit keeps a frozen copy until it has heard from here.</summary>
    private static async Task AnswerSourcesAsync(MigrationReceiver receiver, List<MigratedContainer> unreleased, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        ILogger logger = logs.CreateLogger(nameof(MigrationAgent));
        foreach (MigratedContainer container in unreleased)
        {
            logger.LogWarning("The source of migration {MigrationId} was lost after the commit and has not released its copy. Staying until it has asked; Ctrl-C ends that, the workload runs on.", container.MigrationId);
            try
            {
                await receiver.WaitForSourceAsync(container, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // The workload has arrived all the same.
                return;
            }
        }
    }
}
