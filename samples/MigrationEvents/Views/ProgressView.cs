using Spectre.Console;

namespace MigrationEvents.Views;

/// <summary>Chooses the view that fits the console.</summary>
public static class ProgressView
{
    public static IProgressView For(IAnsiConsole console) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi ? new LiveView(console) : new PlainView(console.Profile.Out.Writer);
}
