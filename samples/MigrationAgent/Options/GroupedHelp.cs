using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MigrationAgent.Options;

/// <summary><c>--help</c> of commands with groups; that of others stays as it is.</summary>
public sealed class GroupedHelp(CommandLineAction usual) : SynchronousCommandLineAction
{
    private const int Indent = 30;

    public static void Install(RootCommand root)
    {
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new GroupedHelp(help.Action!);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        if (OptionGroups.Of(command) is not { } groups)
        {
            return ((SynchronousCommandLineAction)usual).Invoke(parseResult);
        }

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine($"{command.Description}{Environment.NewLine}{Environment.NewLine}usage: MigrationAgent {command.Name} [options]");
        foreach ((string title, IReadOnlyList<Option> options) in groups)
        {
            output.WriteLine($"{Environment.NewLine}{title}:");
            foreach (Option option in options)
            {
                WriteOption(output, option);
            }
        }

        return 0;
    }

    private static void WriteOption(TextWriter output, Option option)
    {
        string value = option.ValueType == typeof(bool) ? string.Empty : $" <{option.HelpName ?? option.Name.TrimStart('-')}>";
        string head = $"  {string.Join(", ", [option.Name, .. option.Aliases])}{value}";
        string description = option.Required ? $"(needed) {option.Description}" : option.Description ?? string.Empty;
        output.WriteLine(head.Length < Indent ? $"{head.PadRight(Indent)}{description}" : $"{head}{Environment.NewLine}{new string(' ', Indent)}{description}");
    }
}
