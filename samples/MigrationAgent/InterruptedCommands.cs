using System.CommandLine;
using MigrationAgent.Options;
using MigrationAgent.Output;
using MigrationEvents;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Settlement;
using U2CMigration.Transport;

namespace MigrationAgent;

/// <summary><c>list-interrupted</c> and <c>resolve</c>: migrations whose sender was killed after the commit.</summary>
public static class InterruptedCommands
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    public static Command CreateList()
    {
        Option<string?> directory = WorkDirectory();
        Option<bool> jsonLines = JsonLines();
        var command = new Command("list-interrupted", "Lists migrations from this host whose sender was ended after the commit: their workloads are frozen here until they are settled (resolve). Exit codes: 0 there is none, 3 there are some.") { directory, jsonLines };
        command.SetAction(async (parsed, _) =>
        {
            await using IAgentOutput output = AgentOutput.Create(parsed.GetValue(jsonLines));
            IReadOnlyList<InterruptedMigration> all = MigrationSession.FindInterrupted(parsed.GetValue(directory));
            foreach (InterruptedMigration one in all)
            {
                await output.WriteAsync(new InterruptedEvent(one.MigrationId, one.RootProcessId, one.Destination, one.IsOriginalThere));
            }

            return all.Count == 0 ? ExitCode.Moved : ExitCode.InDoubt;
        });
        return command;
    }

    public static Command CreateResolve()
    {
        Option<string?> directory = WorkDirectory();
        Option<bool> jsonLines = JsonLines();
        var id = new Argument<Guid?>("ID") { Description = "The migration; all that were interrupted by default.", Arity = ArgumentArity.ZeroOrOne };
        var choice = new Option<SettlementChoice>("--decide") { Description = "AskDestination (default), or what you have seen yourself: KeepSource where nothing of it runs on the destination, DropSource where it runs there." };
        var trust = new TrustOptions();
        var command = new Command("resolve", "Settles migrations whose sender was ended after the commit, by asking their destinations: ends the frozen workload, or lets it run on. Exit codes: 0 all are settled; 3 one is still frozen, try again.") { id, choice, directory, jsonLines };
        command.AddGroup("Trust", [.. trust.AddTo(command)]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ILoggerFactory logs = AgentLogs.Create(verbose: false);
            await using IAgentOutput output = AgentOutput.Create(parsed.GetValue(jsonLines));
            bool isOpen = false;
            foreach (InterruptedMigration one in MigrationSession.FindInterrupted(parsed.GetValue(directory), logs).Where(one => parsed.GetValue(id) is not { } wanted || wanted == one.MigrationId))
            {
                try
                {
                    string host = one.Destination[..one.Destination.LastIndexOf(':')];
                    MigrationSettlement settlement = await one.ResolveAsync(parsed.GetValue(choice), trust.Client(parsed, host), trust.Secrets(parsed) is [var secret, ..] ? secret : null, ConnectLimit, cancellationToken);
                    await output.WriteAsync(new SettledEvent(one.MigrationId, settlement.ToString()));
                }
                catch (Exception e) when (e is TransportException or MigrationProtocolException or MigrationException or IOException or InvalidOperationException)
                {
                    isOpen = true;
                    await output.WriteAsync(new ErrorEvent { Message = e.Message, Workload = nameof(WorkloadState.Frozen), IsTransient = e is TransportException, Phase = nameof(MigrationPhase.InDoubt) });
                }
            }

            return isOpen ? ExitCode.InDoubt : ExitCode.Moved;
        });
        return command;
    }

    private static Option<string?> WorkDirectory() => new("--work-directory") { Description = "The work directory that the sender had (default: /run/u2cmigration)." };

    private static Option<bool> JsonLines() => new("--json-lines") { Description = "Print one line of JSON per event." };
}
