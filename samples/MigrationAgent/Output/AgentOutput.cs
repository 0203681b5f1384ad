using Spectre.Console;

namespace MigrationAgent.Output;

/// <summary>Chooses the output.</summary>
public static class AgentOutput
{
    private const int WidthOfLogs = 160;

    public static IAgentOutput Create(bool jsonLines)
    {
        if (jsonLines)
        {
            return new JsonLinesOutput(Console.Out);
        }

        IAnsiConsole console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
        {
            // A log has no edge; the default of 80 would break sentences.
            console.Profile.Width = WidthOfLogs;
        }

        return new ConsoleOutput(console);
    }
}
