namespace U2CMigration.Transport.Messages;

/// <summary>What a <see cref="FilesRound"/> is. The numbers are part of the protocol.</summary>
public enum FilesRoundKind : byte
{
    /// <summary>A round while the workload runs.</summary>
    Running = 0,

    /// <summary>The last round: the workload stands still.</summary>
    Frozen = 1,

    /// <summary>A comparison of both sides, after the last round.</summary>
    Comparison = 2,
}
