namespace U2CMigration.Testing;

/// <summary>How a command in a host ended and what it said.</summary>
/// <param name="ExitCode">Its exit code; 128 + N when signal N ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The output without the white space around it.</summary>
    /// <exception cref="InvalidOperationException">The command failed; the message holds all that it said.</exception>
    public string Successful() =>
        ExitCode == 0 ? Output.Trim() : throw new InvalidOperationException($"The command ended with {ExitCode}.\n{Output}\n{Error}");
}
