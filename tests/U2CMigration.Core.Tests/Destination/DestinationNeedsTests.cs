using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

public sealed class DestinationNeedsTests : IDisposable
{
    private const ushort PlainFile = 0x8000 | 0x180; // 0600, as files for a time are made
    private const ushort Folder = 0x4000 | 0x1ed; // 0755

    private readonly string _file = Path.GetTempFileName();

    public DestinationNeedsTests() => File.WriteAllText(_file, "12345678");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void FindMissing_FileAsItWas_FindsNothing() => Missing(new NeededFile(_file, PlainFile, 8)).Should().BeEmpty();

    [Fact]
    public void FindMissing_FileThatHasGrown_FindsNothing() => Missing(new NeededFile(_file, PlainFile, 5)).Should().BeEmpty();

    [Fact]
    public void FindMissing_ShorterFile_NamesBothSizes() => Missing(new NeededFile(_file, PlainFile, 9)).Should().ContainSingle().Which.Should().Contain("has 8 bytes on this host and 9 on the source");

    [Fact]
    public void FindMissing_OtherType_NamesBoth() => Missing(new NeededFile(_file, Folder, 0)).Should().ContainSingle().Which.Should().Contain("is a file on this host and a directory on the source");

    [Fact]
    public void FindMissing_NoFile_NamesIt() => Missing(new NeededFile("/no/such/file", PlainFile, 0)).Should().ContainSingle().Which.Should().Contain("The file /no/such/file is not on this host");

    [Fact]
    public void FindMissing_OtherRights_NamesTheOption()
    {
        var file = new NeededFile(_file, 0x8000 | 0x1a4, 8);
        var lenient = new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Criu = new() { SkipFileRightsCheck = true } };

        Missing(file).Should().ContainSingle().Which.Should().Contain("has the rights 0600 on this host and 0644 on the source").And.Contain("--skip-file-rights-check");
        DestinationNeeds.FindMissing(new Needs { Files = [file] }, new RestoreNeeds(), lenient).Should().BeEmpty();
    }

    [Fact]
    public void FindMissing_PortThatSomebodyListensOn_NamesIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = (IPEndPoint)listener.LocalEndpoint;

        Missing(new NeededEndpoint(EndpointUse.Listening, taken)).Should().ContainSingle().Which.Should().StartWith($"Port {taken.Port} (TCP, 127.0.0.1)");
        Missing(new NeededEndpoint(EndpointUse.Listening, new IPEndPoint(IPAddress.Any, taken.Port))).Should().ContainSingle("it would take that one's connections");
        Missing(new NeededEndpoint(EndpointUse.Datagrams, taken)).Should().BeEmpty("UDP has ports of its own");
    }

    [Fact]
    public void FindMissing_AddressOfAnotherHost_IsMissing() =>
        Missing(new NeededEndpoint(EndpointUse.Connections, IPEndPoint.Parse("192.0.2.7:0"))).Should().ContainSingle().Which.Should().Contain("The address 192.0.2.7").And.Contain("--address");

    [Fact]
    public void FindMissing_AddressThatMovesAlong_FindsNothing()
    {
        var options = new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Network = new U2CMigration.Core.Handover.AddressHandover(IPAddress.Parse("192.0.2.7"), 24, "eth0") };

        DestinationNeeds.FindMissing(
            new Needs { Endpoints = [new(EndpointUse.Connections, IPEndPoint.Parse("192.0.2.7:0")), new(EndpointUse.Listening, IPEndPoint.Parse("192.0.2.7:5"))] }, new RestoreNeeds(), options).Should().BeEmpty();
    }

    [Fact]
    public void FindNumbers_ThreadAndGroupOfThisHost_NamesWhoHasThem()
    {
        int own = Environment.ProcessId;
        int group = GroupNumbers.Read(own)!.Value.Group;
        int thread = PageTracking.Processes.ProcessTree.Threads(own).First(thread => thread != own);
        var offer = new Offer { MigrationId = Guid.NewGuid(), Name = "web", Kernel = "", CriuVersion = "", TotalMemoryBytes = 0, ProcessIds = [int.MaxValue] };

        string[] said = [.. DestinationNeeds.FindNumbers(offer, new Needs { Threads = [thread, int.MaxValue - 1], Groups = [group] })];

        said.Should().HaveCount(2);
        said[0].Should().StartWith($"Thread number {thread} of the workload is in use on this host (a thread of process {own}");
        said[1].Should().StartWith($"Process group or session {group} of the workload is in use");
    }

    [Fact]
    public void Parse_StatOfANameWithBlanksAndParentheses_FindsGroupAndSession() => GroupNumbers.Parse("7 (a) b) c) S 1 22 33 0 -1").Should().Be((22, 33));

    [Fact]
    public void Shorten_ManyProblems_CountsTheRest()
    {
        string said = DestinationPreflight.Shorten([.. Enumerable.Range(0, 500).Select(static i => $"Problem {i} of some length, which takes place.")]);

        System.Text.Encoding.UTF8.GetByteCount(said).Should().BeLessThanOrEqualTo(4096);
        said.Should().MatchRegex(@" And \d+ more\.$");
    }

    private static IEnumerable<string> Missing(NeededFile file) => DestinationNeeds.FindMissing(new Needs { Files = [file] }, new RestoreNeeds(), Options);

    private static IEnumerable<string> Missing(NeededEndpoint endpoint) => DestinationNeeds.FindMissing(new Needs { Endpoints = [endpoint] }, new RestoreNeeds(), Options);

    private static MigrationReceiverOptions Options { get; } = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0) };
}
