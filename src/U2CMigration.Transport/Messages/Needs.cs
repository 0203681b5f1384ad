using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Source to destination, right after <see cref="Offer"/>: what the restore will ask of the destination, so that it can be looked for before anything is touched.</summary>
/// <remarks>Sent, and waited for, when both ends have <see cref="ProtocolFeatures.InventoryOfNeeds"/>. What is beyond the limits of the protocol is left out: it is then found by the restore.</remarks>
public sealed record Needs : MigrationMessage
{
    /// <summary>Whether only the answer is wanted: nothing follows <see cref="Accept"/>.</summary>
    public bool IsCheck { get; init; }

    /// <summary>Numbers of threads, besides those of the offered processes.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [];

    /// <summary>Numbers of process groups and sessions whose leaders have ended, besides those of processes and threads.</summary>
    public IReadOnlyList<int> Groups { get; init; } = [];

    /// <summary>Addresses and ports.</summary>
    public IReadOnlyList<NeededEndpoint> Endpoints { get; init; } = [];

    /// <summary>Files and directories, in the order of their paths.</summary>
    public IReadOnlyList<NeededFile> Files { get; init; } = [];

    /// <summary>Instructions and other features of the source's processors that a program may have found there, by the names of <c>/proc/cpuinfo</c>.</summary>
    /// <value>Only for a peer with <see cref="ProtocolFeatures.ProcessorFeatures"/>; another one breaks off at them.</value>
    public IReadOnlyList<string> ProcessorFeatures { get; init; } = [];

    /// <summary>Whether the destination may lack some of <see cref="ProcessorFeatures"/>; it then names these with <see cref="Accept.Warnings"/>.</summary>
    public bool MayLackProcessorFeatures { get; init; }

    /// <inheritdoc/>
    public override MessageType Type => MessageType.Needs;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteByte(IsCheck ? (byte)1 : (byte)0);
        WriteNumbers(writer, Threads, "threads");
        WriteNumbers(writer, Groups, "process groups");
        writer.WriteCount(Endpoints.Count, ProtocolLimits.MaxNeeds, "addresses");
        foreach (NeededEndpoint endpoint in Endpoints)
        {
            endpoint.Write(writer);
        }

        writer.WriteCount(Files.Count, ProtocolLimits.MaxNeeds, "files");
        string before = string.Empty;
        foreach (NeededFile file in Files)
        {
            file.Write(writer, before);
            before = file.Path;
        }

        if (ProcessorFeatures.Count > 0)
        {
            writer.WriteByte(MayLackProcessorFeatures ? (byte)1 : (byte)0);
            writer.WriteTexts(ProcessorFeatures, "processor features");
        }
    }

    internal static Needs Read(ref PayloadReader reader)
    {
        var needs = new Needs
        {
            IsCheck = ReadFlag(ref reader),
            Threads = ReadNumbers(ref reader, "threads"),
            Groups = ReadNumbers(ref reader, "process groups"),
            Endpoints = ReadEndpoints(ref reader),
            Files = ReadFiles(ref reader),
        };
        return reader.IsAtEnd ? needs : needs with { MayLackProcessorFeatures = ReadFlag(ref reader), ProcessorFeatures = reader.ReadTexts("processor features") };
    }

    private static bool ReadFlag(ref PayloadReader reader)
    {
        byte flag = reader.ReadByte();
        return flag <= 1 ? flag == 1 : throw reader.Refuse("0 or 1", $"{flag}");
    }

    private static void WriteNumbers(PayloadWriter writer, IReadOnlyList<int> numbers, string what)
    {
        writer.WriteCount(numbers.Count, ProtocolLimits.MaxProcesses, what);
        for (int i = 0; i < numbers.Count; i++)
        {
            writer.WriteProcessId(numbers[i]);
        }
    }

    private static int[] ReadNumbers(ref PayloadReader reader, string what)
    {
        int[] numbers = new int[reader.ReadCount(ProtocolLimits.MaxProcesses, sizeof(int), what)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.ReadProcessId();
        }

        return numbers;
    }

    private static NeededEndpoint[] ReadEndpoints(ref PayloadReader reader)
    {
        var endpoints = new NeededEndpoint[reader.ReadCount(ProtocolLimits.MaxNeeds, NeededEndpoint.LeastBytes, "addresses")];
        for (int i = 0; i < endpoints.Length; i++)
        {
            endpoints[i] = NeededEndpoint.Read(ref reader);
        }

        return endpoints;
    }

    private static NeededFile[] ReadFiles(ref PayloadReader reader)
    {
        var files = new NeededFile[reader.ReadCount(ProtocolLimits.MaxNeeds, NeededFile.LeastBytes, "files")];
        string before = string.Empty;
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = NeededFile.Read(ref reader, before);
            before = files[i].Path;
        }

        return files;
    }
}
