using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the process tree runs at the destination.</summary>
/// <param name="ResumedAt">When it was resumed, by the destination's clock.</param>
/// <param name="Phases">What took how long since <see cref="Commit"/>.</param>
/// <param name="Timestamp">The same moment by the destination's monotonic clock, in its ticks; comparable only where both hosts share that clock.</param>
public sealed record Resumed(DateTimeOffset ResumedAt, IReadOnlyList<PhaseDuration> Phases, long Timestamp) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Resumed;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteInt64(ResumedAt.UtcTicks);
        PhaseDuration.WriteAll(Phases, writer);
        writer.WriteInt64(Timestamp);
    }

    internal static Resumed Read(ref PayloadReader reader) => new(reader.ReadTime(), PhaseDuration.ReadAll(ref reader), reader.ReadInt64());
}
