using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination, first message: what is to be moved.</summary>
/// <remarks>The lists are held as given; do not change them afterwards.</remarks>
public sealed record Offer : MigrationMessage
{
    private const OfferOptions KnownOptions = OfferOptions.Lazy | OfferOptions.Verify;

    /// <summary>Names this migration; the same in <see cref="Query"/>.</summary>
    public required Guid MigrationId { get; init; }

    /// <summary>What is moved, for people: the name of the container or of the root process.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel of the source, as <c>uname -sr</c> prints it.</summary>
    public required string Kernel { get; init; }

    /// <summary>The CRIU version of the source, for example <c>4.2.1</c>.</summary>
    public required string CriuVersion { get; init; }

    /// <summary>The size of a page in bytes; 4096.</summary>
    public int PageBytes { get; init; } = PageBatch.PageBytes;

    /// <summary>The memory of the process tree now, in bytes.</summary>
    public required long TotalMemoryBytes { get; init; }

    /// <summary>The processes of the tree, numbered as in the images.</summary>
    public required IReadOnlyList<int> ProcessIds { get; init; }

    /// <summary>How the migration is to be done.</summary>
    public OfferOptions Options { get; init; }

    /// <summary>What the destination must have, one name each; a destination that does not know one refuses.</summary>
    public IReadOnlyList<string> Requirements { get; init; } = [];

    /// <summary>What is special about the workload, one name each; a destination passes over those that it does not know.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.OfferTraits"/>; another one breaks off at them.</value>
    public IReadOnlyList<string> Traits { get; init; } = [];

    /// <summary>A trait: the processes are in a user namespace of their own.</summary>
    public const string UserNamespace = "user-namespace";

    /// <summary>A requirement: that the destination writes pages which page maps name, and which are in no file, into the pages files before it restores.</summary>
    public const string PagesToPlace = "pages-to-place";

    /// <summary>A requirement: files travel in step with the memory (<see cref="ProtocolFeatures.FilesInStep"/>).</summary>
    public const string FilesInStep = "files-in-step";

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Offer;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteGuid(MigrationId);
        writer.WriteText(Name, "name");
        writer.WriteText(Kernel, "kernel name");
        writer.WriteText(CriuVersion, "CRIU version");
        writer.WriteInt32(PageBytes);
        writer.WriteAmount(TotalMemoryBytes);
        writer.WriteByte((byte)Options);
        writer.WriteCount(ProcessIds.Count, ProtocolLimits.MaxProcesses, "processes");
        for (int i = 0; i < ProcessIds.Count; i++)
        {
            writer.WriteProcessId(ProcessIds[i]);
        }

        writer.WriteTexts(Requirements, "requirements");
        if (Traits.Count > 0)
        {
            writer.WriteTexts(Traits, "traits");
        }
    }

    internal static Offer Read(ref PayloadReader reader) => new()
    {
        MigrationId = reader.ReadGuid(),
        Name = reader.ReadSentence(),
        Kernel = reader.ReadSentence(),
        CriuVersion = reader.ReadSentence(),
        PageBytes = ReadPageBytes(ref reader),
        TotalMemoryBytes = reader.ReadAmount("memory size"),
        Options = ReadOptions(ref reader),
        ProcessIds = ReadProcesses(ref reader),
        Requirements = reader.ReadTexts("requirements"),
        Traits = reader.IsAtEnd ? [] : reader.ReadTexts("traits"),
    };

    private static int ReadPageBytes(ref PayloadReader reader)
    {
        int bytes = reader.ReadInt32();
        return bytes == PageBatch.PageBytes ? bytes : throw reader.Refuse($"pages of {PageBatch.PageBytes} bytes", $"{bytes}");
    }

    private static OfferOptions ReadOptions(ref PayloadReader reader)
    {
        var options = (OfferOptions)reader.ReadByte();
        return (options & ~KnownOptions) == 0 ? options : throw reader.Refuse("known options", $"0x{(byte)options:x2}");
    }

    private static int[] ReadProcesses(ref PayloadReader reader)
    {
        var processes = new int[reader.ReadCount(ProtocolLimits.MaxProcesses, sizeof(int), "processes")];
        for (int i = 0; i < processes.Length; i++)
        {
            processes[i] = reader.ReadProcessId();
        }

        return processes;
    }
}
