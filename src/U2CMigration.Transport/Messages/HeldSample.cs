using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination: checksums of pages of the frozen tree. The restored tree must have the same before the destination says that it is restored.</summary>
/// <param name="Runs">The pages.</param>
/// <param name="Checksums">One per page in the order of the runs, see <see cref="PageChecksum"/>.</param>
/// <param name="IsLast">Whether the sample ends here.</param>
public sealed record HeldSample(IReadOnlyList<PageRun> Runs, ReadOnlyMemory<ulong> Checksums, bool IsLast) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.HeldSample;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
        writer.WriteRuns(Runs);
        ReadOnlySpan<ulong> checksums = Checksums.Span;
        writer.WriteCount(checksums.Length, ProtocolLimits.MaxChecksums, "checksums");
        foreach (ulong checksum in checksums)
        {
            writer.WriteUInt64(checksum);
        }
    }

    internal static HeldSample Read(ref PayloadReader reader)
    {
        byte last = reader.ReadByte();
        if (last > 1)
        {
            throw reader.Refuse("0 or 1", $"{last}");
        }

        PageRun[] runs = reader.ReadRuns();
        long pages = 0;
        foreach (PageRun run in runs)
        {
            pages += run.Pages;
        }

        var checksums = new ulong[reader.ReadCount(ProtocolLimits.MaxChecksums, sizeof(ulong), "checksums")];
        if (checksums.Length != pages)
        {
            throw reader.Refuse($"{pages} checksums", $"{checksums.Length}");
        }

        for (int i = 0; i < checksums.Length; i++)
        {
            checksums[i] = reader.ReadUInt64();
        }

        return new HeldSample(runs, checksums, last == 1);
    }
}
