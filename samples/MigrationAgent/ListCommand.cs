using System.CommandLine;
using MigrationAgent.Output;
using MigrationEvents;
using U2CMigration.Containers;
using U2CMigration.Containers.Listing;

namespace MigrationAgent;

/// <summary><c>list</c>: what containers of this host can be moved.</summary>
public static class ListCommand
{
    public static Command Create()
    {
        var files = new Option<bool>("--files-are-there") { Description = "As for send: what containers have changed in files is on the destination when they stop." };
        var state = new Option<string>("--container-state") { HelpName = "DIRECTORY", Description = "Where the runtimes keep their books (--root of runc, crun and podman).", DefaultValueFactory = static _ => string.Empty };
        var jsonLines = new Option<bool>("--json-lines") { Description = "Print one line of JSON for each." };
        var command = new Command("list", "Lists the containers of this host, of each runtime that is here, with what stands in the way of moving them. Touches none. Exit codes: 0 they are listed, 1 a runtime cannot list its own.") { files, state, jsonLines };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using IAgentOutput output = AgentOutput.Create(parsed.GetValue(jsonLines));
            try
            {
                var options = new ContainerOptions { FilesAreThere = parsed.GetValue(files), StateRoot = parsed.GetValue(state) ?? string.Empty };
                foreach (ListedContainer container in await ContainerListing.ReadAsync(options, cancellationToken))
                {
                    await output.WriteAsync(Of(container));
                }

                return ExitCode.Moved;
            }
            catch (IOException e)
            {
                await output.WriteAsync(new ErrorEvent { Message = e.Message, Workload = "Running", IsTransient = false, Phase = "Created" });
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static ContainerEvent Of(ListedContainer container) => new()
    {
        Runtime = container.State.Runtime.Kind,
        Name = container.State.Id,
        Status = container.State.Status,
        ProcessId = container.State.ProcessId,
        CanMove = container.CanMove,
        Problems = container.Problems,
    };
}
