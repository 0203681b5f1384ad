using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the process tree is restored and held before its first instruction.</summary>
/// <param name="Phases">What took how long.</param>
public sealed record Restored(IReadOnlyList<PhaseDuration> Phases) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Restored;

    internal override void WritePayload(PayloadWriter writer)
    {
        PhaseDuration.WriteAll(Phases, writer);
    }

    internal static Restored Read(ref PayloadReader reader) => new(PhaseDuration.ReadAll(ref reader));
}
