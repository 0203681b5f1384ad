namespace MigrationEvents;

/// <summary>What the downtime was spent on, in milliseconds; some parts run side by side.</summary>
public sealed record DowntimeEvent
{
    public required double FreezeMs { get; init; }

    public required double TailScanMs { get; init; }

    public required double TailSendMs { get; init; }

    public required double DumpMs { get; init; }

    public required double PageMapsMs { get; init; }

    public required double ImageTransferMs { get; init; }

    public required double CheckMs { get; init; }

    public required double RestoreMs { get; init; }

    public required double ResumeMs { get; init; }
}
