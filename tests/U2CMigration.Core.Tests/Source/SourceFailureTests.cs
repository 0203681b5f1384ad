using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source;
using U2CMigration.Criu;
using U2CMigration.Criu.Logs;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>With this process in the place of the workload, which runs.</summary>
public sealed class SourceFailureTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("source-failure-").FullName;
    private readonly SourceContext _context;

    public SourceFailureTests()
    {
        var options = new MigrationSessionOptions { Destination = new IPEndPoint(IPAddress.Loopback, 1), WorkDirectory = _work };
        _context = new SourceContext(Guid.NewGuid(), MigrationTarget.Process(Environment.ProcessId), options, new ProgressReporter(null, NullLogger.Instance), NullLoggerFactory.Instance);
        Directory.CreateDirectory(_context.ImagesDirectory);
        File.WriteAllText(Path.Combine(_context.ImagesDirectory, "dump.log"), "(00.1) Error (criu/x.c:1): because");
    }

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public async Task TranslateAsync_MistakeOfOurs_IsCalledOneAndItsDetailsAreKept()
    {
        MigrationException failure = await TranslateAsync(new ArgumentException("Not a run of pages."), MigrationPhase.PreCopy);

        (failure.Workload, failure.IsTransient).Should().Be((WorkloadState.Running, false));
        failure.Message.Should().StartWith("This is a mistake in U2CMigration").And.Contain("phase PreCopy").And.Contain("event 1005").And.NotContain("unexpected");
        File.ReadAllText($"{_context.ImagesDirectory}.defect.log").Should().Contain("Not a run of pages");
    }

    [Fact]
    public async Task TranslateAsync_CriuFailed_NamesTheLogThatStays()
    {
        var cause = new CriuException("x", "DUMP", cause: new ErrorLine("Can't write image", 0));

        MigrationException failure = await TranslateAsync(cause, MigrationPhase.StopAndCopy);
        Directory.Delete(_context.ImagesDirectory, recursive: true);

        failure.Message.Should().Contain($"CRIU could not dump the workload: \"Can't write image\". CRIU's log is kept in {_context.ImagesDirectory}.dump.log.");
        File.Exists($"{_context.ImagesDirectory}.dump.log").Should().BeTrue();
    }

    /// <summary>The same pages over the same link, or the same file in the way: another attempt would cost the same downtime again.</summary>
    [Theory]
    [InlineData(MigrationPhase.Restoring, "did not finish the restore")]
    [InlineData(MigrationPhase.StopAndCopy, "did not get across")]
    public async Task TranslateAsync_FrozenForTooLong_IsNotTransient(MigrationPhase phase, string expected)
    {
        MigrationException failure = await TranslateAsync(new OperationCanceledException(), phase);

        failure.IsTransient.Should().BeFalse();
        failure.Message.Should().Contain(expected).And.Contain("FreezeTimeout").And.Contain("a retry needs the cause removed first");
    }

    [Theory]
    [InlineData(AbortCode.RestoreFailed, false)]
    [InlineData(AbortCode.RestoreMayWorkLater, true)]
    public async Task TranslateAsync_DestinationGaveUp_ItsCodeSaysWhetherARetryMayHelp(AbortCode code, bool expected)
    {
        MigrationException failure = await TranslateAsync(new DestinationAbortedException(new Abort(code, "So it is.")), MigrationPhase.Restoring);
        failure.IsTransient.Should().Be(expected);
    }

    private async Task<MigrationException> TranslateAsync(Exception cause, MigrationPhase phase) =>
        (await SourceFailure.TranslateAsync(cause, null, phase, _context, CancellationToken.None)).Should().BeOfType<MigrationException>().Which;
}
