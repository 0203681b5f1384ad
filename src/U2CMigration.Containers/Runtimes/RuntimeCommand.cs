using System.Diagnostics;

namespace U2CMigration.Containers.Runtimes;

/// <summary>Runs a runtime.</summary>
internal static class RuntimeCommand
{
    /// <summary>So that nothing of the runtime, and nothing of a container that inherits from it, is a pipe of this program.</summary>
    private const string Quiet = "exec \"$@\" </dev/null >/dev/null 2>\"$0\"";

    private const string Nowhere = "/dev/null";

    /// <summary>Runs it to its end and reads what it says.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(ContainerRuntime runtime, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(runtime.Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Start(start);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return (process.ExitCode, await output.ConfigureAwait(false), (await error.ConfigureAwait(false)).Trim());
    }

    /// <summary>Starts it with another PATH and without any stream of this program.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="searchPath">Its PATH.</param>
    /// <param name="errors">The file into which it writes what goes wrong; nowhere by default.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static Process Start(ContainerRuntime runtime, IReadOnlyList<string> arguments, string searchPath, string errors = Nowhere)
    {
        string program = Find(runtime.Program) ?? throw new IOException($"{runtime} is not on this host.");
        var start = new ProcessStartInfo("/bin/sh", ["-c", Quiet, errors, program, .. arguments]);
        start.Environment["PATH"] = searchPath;
        return Start(start);
    }

    /// <summary>The path of a program; null where it is not there.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static Process Start(ProcessStartInfo start)
    {
        // What it has to say of control groups of version 1 is not news to anybody, and would stand before what matters.
        start.Environment["PODMAN_IGNORE_CGROUPSV1_WARNING"] = "1";
        try
        {
            return Process.Start(start) ?? throw new IOException($"{start.FileName} was not started.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{start.FileName} cannot be started: {e.Message}.", e);
        }
    }
}
