namespace MigrationAgent;

/// <summary>What the exit code of the agent says.</summary>
public static class ExitCode
{
    /// <summary>The workload runs on the destination.</summary>
    public const int Moved = 0;

    /// <summary>The migration failed or was cancelled; the workload runs on the source as before (or had ended by itself).</summary>
    public const int Failed = 1;

    /// <summary>It can not work as asked; nothing was touched.</summary>
    public const int Refused = 2;

    /// <summary>The workload is frozen on the source and waits to be settled.</summary>
    public const int InDoubt = 3;
}
