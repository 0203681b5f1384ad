using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>The destination does not take the offer.</summary>
internal sealed class DestinationRefusedException(Refuse refuse) : Exception($"The destination refused the migration: {refuse.Sentence}")
{
    public RefusalReason Reason => refuse.Reason;
}
