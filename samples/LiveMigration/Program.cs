using System.CommandLine;
using LiveMigration;
using LiveMigration.Client;

RootCommand command = DemoCommand.Create();
command.Subcommands.Add(ComparisonCommand.Create());
command.Subcommands.Add(ClientCommand.CreateClient());
command.Subcommands.Add(ClientCommand.CreatePrepare());

// Long enough to take the rig down after Ctrl-C.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
ParseResult parsed = command.Parse(args);
int code = await parsed.InvokeAsync(invocation);
return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
