using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: the outcome of one <see cref="VerifyPages"/>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="ComparedPages">The pages compared.</param>
/// <param name="MismatchedPages">The pages that differ or that the store lacks.</param>
/// <param name="FirstMismatches">The addresses of the first of them.</param>
public sealed record VerifyResult(int ProcessId, long ComparedPages, long MismatchedPages, IReadOnlyList<ulong> FirstMismatches) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.VerifyResult;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteProcessId(ProcessId);
        writer.WriteAmount(ComparedPages);
        writer.WriteAmount(MismatchedPages);
        writer.WriteCount(FirstMismatches.Count, ProtocolLimits.MaxListEntries, "addresses");
        for (int i = 0; i < FirstMismatches.Count; i++)
        {
            writer.WriteUInt64(FirstMismatches[i]);
        }
    }

    internal static VerifyResult Read(ref PayloadReader reader)
    {
        int processId = reader.ReadProcessId();
        long compared = reader.ReadAmount("number of pages");
        long mismatched = reader.ReadAmount("number of pages");
        var addresses = new ulong[reader.ReadCount(ProtocolLimits.MaxListEntries, sizeof(ulong), "addresses")];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = reader.ReadUInt64();
        }

        return new VerifyResult(processId, compared, mismatched, addresses);
    }
}
