using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the outcome of comparing one <see cref="VerifyPages"/> with the restored process.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="EqualPages">The pages that the restored process has as the frozen one has them.</param>
/// <param name="ChangedPages">The pages that it has changed since it was resumed; what it was given was the same.</param>
/// <param name="MismatchedPages">The pages that it was not given, or not as the frozen process has them.</param>
/// <param name="FirstMismatches">The addresses of the first of these.</param>
public sealed record Compared(int ProcessId, long EqualPages, long ChangedPages, long MismatchedPages, IReadOnlyList<ulong> FirstMismatches) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.Compared;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteProcessId(ProcessId);
        writer.WriteAmount(EqualPages);
        writer.WriteAmount(ChangedPages);
        writer.WriteAmount(MismatchedPages);
        writer.WriteCount(FirstMismatches.Count, ProtocolLimits.MaxListEntries, "addresses");
        for (int i = 0; i < FirstMismatches.Count; i++)
        {
            writer.WriteUInt64(FirstMismatches[i]);
        }
    }

    internal static Compared Read(ref PayloadReader reader)
    {
        int processId = reader.ReadProcessId();
        long equal = reader.ReadAmount("number of pages");
        long changed = reader.ReadAmount("number of pages");
        long mismatched = reader.ReadAmount("number of pages");
        var addresses = new ulong[reader.ReadCount(ProtocolLimits.MaxListEntries, sizeof(ulong), "addresses")];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = reader.ReadUInt64();
        }

        return new Compared(processId, equal, changed, mismatched, addresses);
    }
}
