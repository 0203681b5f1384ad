using System.ComponentModel;
using System.Diagnostics;

namespace U2CMigration.Core.Handover;

/// <summary>Runs a system tool and waits for it.</summary>
internal static class Command
{
    /// <summary>Runs a program with an optional script on its standard input.</summary>
    /// <exception cref="IOException">It can not be started or exits with an error; the message carries what it said.</exception>
    public static async Task RunAsync(string program, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"'{program}' can not be started: {e.Message}. Install it, or bring your own network handover.", e);
        }

        using (process)
        {
            try
            {
                if (input is not null)
                {
                    await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
                }

                process.StandardInput.Close();
                Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
                string error = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
                await output.ConfigureAwait(false);
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                if (process.ExitCode != 0)
                {
                    throw new IOException($"'{program} {string.Join(' ', start.ArgumentList)}' failed with {process.ExitCode}: {error.Trim()}");
                }
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
    }
}
