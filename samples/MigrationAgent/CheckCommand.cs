using System.CommandLine;
using System.Net;
using MigrationAgent.Options;
using MigrationAgent.Output;
using MigrationEvents;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Sessions;

namespace MigrationAgent;

/// <summary><c>check</c>: says whether a process tree could be moved, without touching it.</summary>
public static class CheckCommand
{
    /// <summary>Never contacted: stands in where no one is to be asked.</summary>
    private static readonly EndPoint Nobody = new IPEndPoint(IPAddress.None, 0);

    public static Command Create()
    {
        var shared = new SharedOptions();
        var target = new TargetOptions();
        var destination = new Option<EndPoint?>("--to") { HelpName = "HOST:PORT", Description = "A receiver, which is asked whether it would take the workload; nothing is created there. Without it only this host is looked at.", CustomParser = Endpoints.Parse };
        Option<GiveUp> allow = AllowOption.Create();
        Option<bool> losing = ProtectionOption.Create();
        Option<bool> lacking = ProcessorOption.Create();
        var json = new Option<bool>("--json") { Description = "The same as --json-lines." };
        var command = new Command("check", "Says what of a process tree could not be moved and what helps, without changing it: each process is stopped for a moment, to be asked for its sandbox. Exit codes: 0 it would be moved, 2 it would be refused.");
        command.AddGroup("What and where", [.. target.AddTo(command), destination, allow, losing, lacking, json]);
        shared.AddTo(command, isSource: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            EndPoint? to = parsed.GetValue(destination);
            var options = new MigrationSessionOptions
            {
                Destination = to ?? Nobody,
                Criu = shared.Criu(parsed),
                Network = shared.Address(parsed),
                GivesUp = parsed.GetValue(allow),
                AllowLosingProtections = parsed.GetValue(losing),
                AllowMissingProcessorFeatures = parsed.GetValue(lacking),
                Credentials = to is null ? null : shared.Trust.Client(parsed, Endpoints.HostName(to)),
                AllowedPeers = shared.Trust.Peers(parsed),
                Secret = shared.Trust.Secrets(parsed) is [var secret, ..] ? secret : null,
                AllowUnauthenticated = to is null || shared.Trust.AllowsAnybody(parsed),
            };
            options = shared.WorkDirectory(parsed) is { } directory ? options with { WorkDirectory = directory } : options;
            using ILoggerFactory logs = AgentLogs.Create(shared.Verbose(parsed));
            await using IAgentOutput output = parsed.GetValue(json) ? AgentOutput.Create(jsonLines: true) : shared.Output(parsed);
            return await CheckAsync(target.Target(parsed), options, to is not null, output, logs, cancellationToken);
        });
        return command;
    }

    private static async Task<int> CheckAsync(MigrationTarget target, MigrationSessionOptions options, bool asksDestination, IAgentOutput output, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        MigrationSession session;
        try
        {
            session = MigrationSession.Create(target, options, logs);
        }
        catch (ArgumentException e)
        {
            await output.WriteAsync(new ErrorEvent { Message = e.Message, Workload = "Running", IsTransient = false, Phase = nameof(MigrationPhase.Created) });
            return ExitCode.Refused;
        }

        await using (session)
        {
            CheckEvent check = Events.Of(await session.CheckAsync(asksDestination, cancellationToken));
            await output.WriteAsync(check);
            return check.IsRefused ? ExitCode.Refused : ExitCode.Moved;
        }
    }
}
