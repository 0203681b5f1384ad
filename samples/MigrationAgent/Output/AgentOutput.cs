using Spectre.Console;

namespace MigrationAgent.Output;

/// <summary>Chooses the output.</summary>
public static class AgentOutput
{
    public static IAgentOutput Create(bool jsonLines) => jsonLines ? new JsonLinesOutput(Console.Out) : new ConsoleOutput(AnsiConsole.Console);
}
