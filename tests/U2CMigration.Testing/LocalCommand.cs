namespace U2CMigration.Testing;

/// <summary>Commands on this machine, outside of any rig.</summary>
public static class LocalCommand
{
    /// <summary>Runs a command to its end. Cancelling kills it.</summary>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        await using RigProcess process = new(command);
        process.Input.Close();
        return await process.WaitAsync(cancellationToken);
    }
}
