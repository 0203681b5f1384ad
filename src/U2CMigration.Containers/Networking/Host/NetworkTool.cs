using System.ComponentModel;
using System.Diagnostics;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Host;

/// <summary>Runs the tools of the host (<c>ip</c>, <c>tc</c>, <c>nft</c>) in a network namespace. Never in the downtime.</summary>
internal static class NetworkTool
{
    /// <summary>What all of this needs.</summary>
    public const string Ip = "ip";

    /// <summary>Runs one to its end.</summary>
    /// <param name="network">The namespace, by a path; null for that of this process.</param>
    /// <param name="program">The program.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it prints.</returns>
    /// <exception cref="IOException">It fails.</exception>
    public static string Run(string? network, string program, string input, params IReadOnlyList<string> arguments)
    {
        (int exitCode, string output, string error) = Namespace.RunInNetwork(network, () => Start(program, input, arguments));
        return exitCode == 0 ? output : throw new IOException($"'{program} {string.Join(' ', arguments)}' failed with {exitCode}: {error}");
    }

    /// <summary>Whether a program is on this host.</summary>
    public static bool Has(string program) => Runtimes.RuntimeCommand.Find(program) is not null;

    private static (int ExitCode, string Output, string Error) Start(string program, string input, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start) ?? throw new IOException($"{program} was not started.");
            Task<string> error = process.StandardError.ReadToEndAsync();
            Task writing = WriteAsync(process, input);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            writing.Wait();
            return (process.ExitCode, output, error.Result.Trim());
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} cannot be started on this host ({e.Message}). Install it (Debian: {(program == "nft" ? "nftables" : "iproute2")}).", e);
        }
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, and says why.
        }
    }
}
