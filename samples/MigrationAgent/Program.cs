using System.CommandLine;
using System.CommandLine.Invocation;
using MigrationAgent;
using MigrationAgent.Options;

var command = new RootCommand(
    """
    Moves a running process tree from this host to another, or takes one in.
    Exit codes: 0 moved; 1 failed, the workload runs on the source as before; 2 refused before anything was touched (bad options, pre-flight);
    3 in doubt, the workload is frozen on the source.
    """)
{
    SendCommand.Create(),
    ReceiveCommand.Create(),
    CheckCommand.Create(),
    ListCommand.Create(),
    DirtyRateCommand.Create(),
    InterruptedCommands.CreateList(),
    InterruptedCommands.CreateResolve(),
    SecretCommand.Create(),
    CertificatesCommand.Create(),
};
GroupedHelp.Install(command);
ParseResult parsed = command.Parse(args);
if (parsed.Action is ParseErrorAction errors)
{
    // The sentence, and not three screens below it.
    errors.ShowHelp = false;
}

// Long enough to put everything back after Ctrl-C.
int code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
return parsed.Errors.Count > 0 ? ExitCode.Refused : code;
