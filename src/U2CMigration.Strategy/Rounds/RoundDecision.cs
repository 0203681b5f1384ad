namespace U2CMigration.Strategy.Rounds;

/// <summary>What to do next.</summary>
public enum RoundDecision
{
    /// <summary>Send the pending pages while the workload runs.</summary>
    SendRound,

    /// <summary>Freeze the workload and send what remains.</summary>
    StopAndCopy,
}
