using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.Processes;

/// <summary>A command of another program that undoes what was done, or forgets what has ended. It fails where there is nothing to do.</summary>
internal static class UndoingCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs it to its end.</summary>
    /// <param name="command">The command, program first; nothing is done for an empty one.</param>
    /// <param name="step">What it undoes, for the log.</param>
    /// <param name="logger">Where to log that it cannot be run.</param>
    public static void Run(IReadOnlyList<string> command, string step, ILogger logger)
    {
        if (command.Count == 0)
        {
            return;
        }

        try
        {
            var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                throw new IOException($"{command[0]} did not end within {Limit.TotalSeconds:0} s.");
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            logger.UndoFailed(e, step);
        }
    }
}
