using System.Text;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.FileLocks;
using U2CMigration.Core.InnerConnections;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Inventory.Checks;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Processes;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.LazyPages.Serving;
using U2CMigration.Fuzzing.Targets.Samples;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>
/// What the kernel says of processes, in texts and netlink messages. Names of programs, files and groups in it are those that a workload likes. A text that is not of the kernel's form at all may be
/// refused with a <see cref="FormatException"/> or an <see cref="OverflowException"/>.
/// </summary>
internal sealed class ProcTarget : IFuzzTarget
{
    private delegate void Reading(ReadOnlySpan<byte> bytes);

    public string Name => "proc";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        Reading reading = Readings[cursor.Byte() % Readings.Length];
        try
        {
            reading(cursor.Rest());
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            // See above.
        }
    }

    public IEnumerable<byte[]> Seeds() => ProcTexts.All.Select(static (text, index) => (byte[])[(byte)index, .. text]);

    private static Reading[] Readings { get; } =
    [
        static bytes => ProcessStat.TryParse(bytes, out _),
        static bytes => ProcessStatus.TryParse(bytes, out _),
        static bytes => EachLine(bytes, static line =>
        {
            if (MapsLine.TryParse(line, out MapsLine parsed))
            {
                _ = parsed.IsSpecial || parsed.IsHugetlb || parsed.IsAnonymous || parsed.TryMaterialize(out _);
            }
        }),
        static bytes =>
        {
            var mounts = CgroupMounts.Parse(Text(bytes));
            _ = mounts.Unified?.Resolve("/a/b", "cgroup.freeze") + mounts.Freezer?.Resolve("/", "freezer.state");
        },
        static bytes => Each(bytes, static line => TcpConnections.TryParse(line)),
        static bytes => new TcpTable().Add(Lines(bytes)),
        static bytes => _ = LockTable.Waiting(Text(bytes)).Count + (LockTable.Breaking(Text(bytes)) ? 1 : 0),
        static bytes => GroupNumbers.Parse(Text(bytes)),
        static bytes => ProcessorSet.Parse(Text(bytes)),
        static bytes => _ = AvailableMemory.ParseMemAvailable(bytes) + AvailableMemory.Headroom(bytes, bytes) + AvailableMemory.ParseGroup(bytes)?.Length,
        static bytes => MappingTable.Parse(1, bytes),
        static bytes => Each(bytes, static line => WatchedFile.Parse(line)),
        static bytes => Each(bytes, static line => TreeMemory.Parse(line, "VmRSS:")),
        static bytes => ProcessorTime.Parse(Text(bytes)),
        static bytes => ProcessorFeatures.Missing(["avx2"], ProcessorFeatures.Parse(Lines(bytes))),
        static bytes => _ = SealedMappings.Parse(MappingsText.Parse(new StringReader(Text(bytes))).Mappings).Count,
        static bytes => _ = ForkedMemory.Parse(Lines(bytes)).Count(),
        static bytes => UnixSocket.Parse(bytes),
        static bytes => InternetSocket.Parse(bytes),
        static bytes => ReadSockets(bytes),
    ];

    private delegate void LineReading(ReadOnlySpan<byte> line);

    private static void EachLine(ReadOnlySpan<byte> bytes, LineReading reading)
    {
        foreach (Range line in bytes.Split((byte)'\n'))
        {
            reading(bytes[line]);
        }
    }

    private static void Each<T>(ReadOnlySpan<byte> bytes, Func<string, T> reading)
    {
        foreach (string line in Lines(bytes))
        {
            _ = reading(line);
        }
    }

    private static void ReadSockets(ReadOnlySpan<byte> bytes)
    {
        try
        {
            SocketDiagnosis.Parse(bytes, []);
        }
        catch (IOException)
        {
            // The kernel said that it cannot.
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static string[] Lines(ReadOnlySpan<byte> bytes) => Text(bytes).Split('\n');
}
