using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>
/// Destination to source, before <see cref="Restored"/>: the restored tasks lack these file locks, since the frozen original holds them. After the commit the destination
/// sends <see cref="Committed"/> and waits for <see cref="LocksReleased"/>. Needs <see cref="ProtocolFeatures.LockHandover"/>.
/// </summary>
/// <param name="Locks">The locks, for people; at least one. More than the protocol allows are left out.</param>
public sealed record LocksPending(IReadOnlyList<string> Locks) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.LocksPending;

    internal override void WritePayload(PayloadWriter writer)
    {
        int count = Math.Min(Locks.Count, ProtocolLimits.MaxListEntries);
        writer.WriteCount(count, ProtocolLimits.MaxListEntries, "locks");
        for (int i = 0; i < count; i++)
        {
            writer.WriteText(Locks[i], "lock");
        }
    }

    internal static LocksPending Read(ref PayloadReader reader)
    {
        var locks = new string[reader.ReadCount(ProtocolLimits.MaxListEntries, sizeof(ushort), "locks")];
        for (int i = 0; i < locks.Length; i++)
        {
            locks[i] = reader.ReadSentence();
        }

        return locks.Length > 0 ? new LocksPending(locks) : throw reader.Refuse("at least one lock", "none");
    }
}
