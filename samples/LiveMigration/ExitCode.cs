using Spectre.Console;

namespace LiveMigration;

/// <summary>How the program ends.</summary>
public static class ExitCode
{
    /// <summary>Every migration kept every promise.</summary>
    public const int Sound = 0;

    public const int NotSound = 1;

    /// <summary>The options make no sense; nothing was done.</summary>
    public const int Usage = 2;

    public const int Cancelled = 130;

    /// <summary>Runs, and turns what ends it early into a sentence and a code.</summary>
    public static async Task<int> OfAsync(Func<IAnsiConsole, Task<bool>> run, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
        {
            // A log has no edge; the default of 80 would break the tables.
            console.Profile.Width = 200;
        }

        try
        {
            return await run(console) ? Sound : NotSound;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.WriteLine("cancelled; the hosts are gone");
            return Cancelled;
        }
        catch (IOException e)
        {
            console.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return NotSound;
        }
    }
}
