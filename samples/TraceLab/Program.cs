using System.CommandLine;
using TraceLab.Recording;
using TraceLab.Showing;

var command = new RootCommand("Records which pages real workloads write, and shows such traces.")
{
    RecordCommand.Create(),
    ShowCommand.Create(),
    ListCommand.Create(),
};
return await command.Parse(args).InvokeAsync();
