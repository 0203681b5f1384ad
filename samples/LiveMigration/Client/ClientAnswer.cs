using MigrationReport;

namespace LiveMigration.Client;

/// <summary>A line on the client's standard output: the answer to a <see cref="ClientRequest"/>.</summary>
public sealed record ClientAnswer
{
    /// <summary>The request that is answered, or <c>connected</c> at the beginning.</summary>
    public required string To { get; init; }

    public bool ConnectionSurvived { get; init; }

    public string? Broken { get; init; }

    public long Acknowledged { get; init; }

    public long WrongReplies { get; init; }

    public string? FirstWrongReply { get; init; }

    /// <summary>Null when the data could not be checked.</summary>
    public long? LostWrites { get; init; }

    /// <summary>Keys that were read back, or pages that the workload has checked.</summary>
    public long Checked { get; init; }

    public double GapMs { get; init; }

    public double SilenceAfterResumeMs { get; init; }

    public double OperationsBefore { get; init; }

    public double LossPercent { get; init; }

    public double AfterPercent { get; init; }

    public IReadOnlyList<ClientWindow> Windows { get; init; } = [];
}
