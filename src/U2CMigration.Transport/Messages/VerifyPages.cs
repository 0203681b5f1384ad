using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: checksums of consecutive pages of the frozen tree, to be compared with the store.</summary>
/// <param name="ProcessId">The process, as numbered in the images.</param>
/// <param name="Address">The address of the first page.</param>
/// <param name="Checksums">One per page, see <see cref="PageChecksum"/>; at least one.</param>
public sealed record VerifyPages(int ProcessId, ulong Address, ReadOnlyMemory<ulong> Checksums) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.VerifyPages;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteRun(new PageRun(ProcessId, Address, Checksums.Length));
        ReadOnlySpan<ulong> checksums = Checksums.Span;
        writer.WriteCount(checksums.Length, ProtocolLimits.MaxChecksums, "checksums");
        foreach (ulong checksum in checksums)
        {
            writer.WriteUInt64(checksum);
        }
    }

    internal static VerifyPages Read(ref PayloadReader reader)
    {
        PageRun run = reader.ReadRun();
        int count = reader.ReadCount(ProtocolLimits.MaxChecksums, sizeof(ulong), "checksums");
        if (count != run.Pages)
        {
            throw reader.Refuse($"{run.Pages} checksums", $"{count}");
        }

        var checksums = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            checksums[i] = reader.ReadUInt64();
        }

        return new VerifyPages(run.ProcessId, run.Address, checksums);
    }
}
