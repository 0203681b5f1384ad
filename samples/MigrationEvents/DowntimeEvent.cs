namespace MigrationEvents;

/// <summary>What the downtime was spent on, in milliseconds. Freeze, dump and tail, page maps, images, wait for the restore, confirmation and commit follow each other and add up to it; the others are steps in them.</summary>
public sealed record DowntimeEvent
{
    public required double FreezeMs { get; init; }

    public required double DumpAndTailMs { get; init; }

    public required double TailScanMs { get; init; }

    public required double TailSendMs { get; init; }

    public required double DumpMs { get; init; }

    public required double PageMapsMs { get; init; }

    public required double ImageTransferMs { get; init; }

    public required double RestoreWaitMs { get; init; }

    public required double CheckMs { get; init; }

    public required double RestoreMs { get; init; }

    public required double ConfirmationMs { get; init; }

    public required double CommitMs { get; init; }

    public required double ResumeMs { get; init; }
}
