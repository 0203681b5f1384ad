using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Files;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Records;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

/// <summary>What a source says of files, which is not to be believed.</summary>
public sealed class IncomingFilesTests : IAsyncLifetime, IDestinationFiles
{
    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-files-").FullName;
    private readonly TaskCompletionSource _gate = new();
    private readonly List<string> _calls = [];
    private MigrationListener _listener = null!;
    private MigrationConnection _source = null!;
    private MigrationConnection _destination = null!;
    private IncomingFiles _files = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new MigrationConnectionOptions();
        _listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        _source = await MigrationConnection.ConnectAsync(_listener.LocalEndPoint, ConnectionRole.Source, options, null, Cancellation);
        _destination = await _listener.AcceptAsync(Cancellation);
        _files = Create([Offer.FilesInStep]);
        await _files.BeginAsync(this, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _files.DisposeAsync();
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
        await _listener.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public Task<IArrivingFiles> BeginAsync(FilesSurroundings surroundings, CancellationToken cancellationToken) => Task.FromResult<IArrivingFiles>(new Arriving(this));

    [Fact]
    public async Task TryTake_HonestOrder_SaysOfEachThatItIsHere()
    {
        _gate.SetResult();
        FilesRoundKind[] kinds = [FilesRoundKind.Running, FilesRoundKind.Running, FilesRoundKind.Frozen, FilesRoundKind.Comparison];
        foreach ((int index, FilesRoundKind kind) in kinds.Index())
        {
            _files.TryTake(new FilesRound(index, kind)).Should().BeTrue();
            (await _source.ReceiveAsync(Cancellation)).Should().Be(new FilesTaken(index));
        }

        _files.RequireComplete();
        _calls.Should().Equal("running", "running", "frozen", "compare");
    }

    [Fact]
    public void TryTake_RoundWhileAnotherIsUnderWay_IsABreach()
    {
        _files.TryTake(new FilesRound(0, FilesRoundKind.Running));

        Action second = () => _files.TryTake(new FilesRound(1, FilesRoundKind.Frozen));

        second.Should().Throw<MigrationProtocolException>();
        _gate.SetResult();
    }

    [Fact]
    public void TryTake_ComparisonBeforeTheLastRound_IsABreach() =>
        new Action(() => _files.TryTake(new FilesRound(0, FilesRoundKind.Comparison))).Should().Throw<MigrationProtocolException>();

    [Fact]
    public async Task TryTake_RoundAfterTheLast_IsABreach()
    {
        _gate.SetResult();
        _files.TryTake(new FilesRound(0, FilesRoundKind.Frozen));
        await _source.ReceiveAsync(Cancellation);

        new Action(() => _files.TryTake(new FilesRound(1, FilesRoundKind.Running))).Should().Throw<MigrationProtocolException>();
    }

    /// <summary>CRIU opens the files when it restores: what is not here by then never comes.</summary>
    [Fact]
    public async Task RequireComplete_LastRoundIsMissing_IsABreach()
    {
        _gate.SetResult();
        _files.TryTake(new FilesRound(0, FilesRoundKind.Running));
        await _source.ReceiveAsync(Cancellation);

        new Action(_files.RequireComplete).Should().Throw<MigrationProtocolException>();
    }

    [Fact]
    public async Task TryTake_RoundFails_EndsTheMigrationWithTheReason()
    {
        _gate.SetException(new IOException("The disk is full."));
        _files.TryTake(new FilesRound(0, FilesRoundKind.Running));

        await new Func<Task>(() => Task.Delay(Timeout.Infinite, _files.Failed)).Should().ThrowAsync<OperationCanceledException>();
        _files.Failure.Should().BeOfType<IOException>().Which.Message.Should().Be("The disk is full.");
        await _files.DiscardAsync();
        _calls.Should().Equal("running", "discard");
    }

    [Fact]
    public async Task TryTake_SourceBringsNone_IsNotForIt()
    {
        await using IncomingFiles none = Create([]);
        await none.BeginAsync(this, Cancellation);

        none.TryTake(new FilesRound(0, FilesRoundKind.Running)).Should().BeFalse();
        none.RequireComplete();
    }

    private IncomingFiles Create(IReadOnlyList<string> requirements)
    {
        var offer = new Offer { MigrationId = Guid.NewGuid(), Name = "web", Kernel = "Linux 6.18", CriuVersion = "4.2", TotalMemoryBytes = 4096, ProcessIds = [7], Requirements = requirements };
        var options = new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), WorkDirectory = _directory };
        return new IncomingFiles(new DestinationContext(offer, options, LedgerFolder.Open(_directory, new RestoredTrees(NullLogger.Instance)), NullLoggerFactory.Instance), _destination);
    }

    private sealed class Arriving(IncomingFilesTests test) : IArrivingFiles
    {
        public Task ReceiveRoundAsync(bool isFrozen, CancellationToken cancellationToken)
        {
            test._calls.Add(isFrozen ? "frozen" : "running");
            return test._gate.Task.WaitAsync(cancellationToken);
        }

        public Task AnswerAsync(CancellationToken cancellationToken)
        {
            test._calls.Add("compare");
            return Task.CompletedTask;
        }

        public void Commit()
        {
        }

        public Task DiscardAsync()
        {
            test._calls.Add("discard");
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
