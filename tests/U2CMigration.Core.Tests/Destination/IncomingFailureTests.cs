using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Records;
using U2CMigration.Criu;
using U2CMigration.Criu.Logs;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

public sealed class IncomingFailureTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("incoming-failure-").FullName;
    private readonly DestinationContext _context;

    public IncomingFailureTests()
    {
        var offer = new Offer { MigrationId = Guid.NewGuid(), Name = "x", Kernel = "x", CriuVersion = "4.2.1", TotalMemoryBytes = 1, ProcessIds = [1] };
        var options = new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 1), WorkDirectory = _work };
        _context = new DestinationContext(offer, options, LedgerFolder.Open(_work, new RestoredTrees(NullLogger.Instance)), NullLoggerFactory.Instance);
        Directory.CreateDirectory(_context.ImagesDirectory);
        File.WriteAllText(Path.Combine(_context.ImagesDirectory, "restore.log"), "(00.1) Error (criu/x.c:1): because");
    }

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void Describe_RestoreFailed_HasWordsLogAndItsLastLines()
    {
        const string Tail = """
            (00.1) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
            (00.1)    161: Error (criu/files-reg.c:2317): File srv/a has bad size 5 (expect 6)
            (00.1)    161: Error (criu/files.c:1221): Unable to open fd=5 id=0x5
            (00.1) Error (criu/cr-restore.c:2331): Restoring FAILED.
            """;
        var cause = new CriuException("x", "RESTORE", logTail: Tail, cause: new ErrorLine("File srv/a has bad size 5 (expect 6)", 161));

        (AbortCode code, string sentence) = IncomingFailure.Describe(cause, _context);

        code.Should().Be(AbortCode.RestoreFailed);
        sentence.Should().StartWith("CRIU could not restore the workload (process 161). The file srv/a has 5 bytes on the destination and 6 on the source.")
            .And.Contain($"kept on the destination in {_context.ImagesDirectory}.restore.log")
            .And.EndWith("Its last lines: (00.1)    161: Error (criu/files.c:1221): Unable to open fd=5 id=0x5.");
        File.Exists($"{_context.ImagesDirectory}.restore.log").Should().BeTrue();
        IncomingFailure.ForPeer(sentence, _context).Should()
            .StartWith("CRIU could not restore the workload (process 161). The file srv/a has 5 bytes on the destination and 6 on the source.")
            .And.EndWith(" CRIU's log is kept on the destination.").And.NotContain(_work).And.NotContain("criu/files.c");
    }

    /// <summary>Whatever the sentence: another host does not learn where files lie here.</summary>
    [Fact]
    public void ForPeer_AnySentence_NamesNoPathOfThisHost()
    {
        IncomingFailure.ForPeer($"No space left on device : '{_context.ImagesDirectory}/core-1.img'.", _context).Should().Be("No space left on device : 'the work directory of the destination'.");
        IncomingFailure.ForPeer(IncomingFailure.Describe(new InvalidOperationException("odd"), _context).Sentence, _context).Should().NotContain(_work).And.Contain("odd");
    }

    [Fact]
    public void Describe_ReasonThatMayPass_LetsTheSourceRecommendARetry() =>
        IncomingFailure.Describe(new CriuException("x", "RESTORE", cause: new ErrorLine("Can't fork for 4711: File exists", 0)), _context).Code.Should().Be(AbortCode.RestoreMayWorkLater);

    [Fact]
    public void Describe_MistakeOfOurs_IsCalledOne()
    {
        (AbortCode code, string sentence) = IncomingFailure.Describe(new InvalidOperationException("odd"), _context);
        code.Should().Be(AbortCode.DestinationFailed);
        sentence.Should().StartWith("This is a mistake in U2CMigration").And.Contain("InvalidOperationException (odd) in the destination").And.Contain("event 1105");
    }

    [Fact]
    public void Describe_DiskIsFull_StandsAsItIs() =>
        IncomingFailure.Describe(new IOException("No space left on device."), _context).Sentence.Should().StartWith("No space left on device. CRIU's log is kept");
}
