using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Files;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source;
using U2CMigration.Core.Source.FilesInStep;
using U2CMigration.Core.Source.Phases;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>The rounds of a caller's own replication, with a destination that says of each that it has it.</summary>
public sealed class FileRoundsTests : IAsyncLifetime, ISourceFiles
{
    private readonly List<string> _calls = [];
    private MigrationListener _listener = null!;
    private MigrationConnection _source = null!;
    private MigrationConnection _destination = null!;
    private SourceDialogue _dialogue = null!;
    private FilesSurroundings _surroundings = null!;
    private Func<bool, SentFiles> _round = static _ => new SentFiles { Entries = 1, Bytes = 10 };
    private FilesComparison _comparison = new(5, 0, []);
    private int _answerOffset;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new MigrationConnectionOptions();
        _listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        _source = await MigrationConnection.ConnectAsync(_listener.LocalEndPoint, ConnectionRole.Source, options, null, Cancellation);
        _destination = await _listener.AcceptAsync(Cancellation);
        _dialogue = new SourceDialogue(_source, DialogueStage.Copying);
        _ = AnswerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _dialogue.DisposeAsync();
        await _destination.DisposeAsync();
        await _listener.DisposeAsync();
    }

    public Task<IDepartingFiles> BeginAsync(FilesSurroundings surroundings, CancellationToken cancellationToken)
    {
        _surroundings = surroundings;
        return Task.FromResult<IDepartingFiles>(new Departing(this));
    }

    [Fact]
    public async Task Rounds_UntilTheCommit_CallTheHookInOrder()
    {
        FileRounds rounds = await BeginAsync(verify: true);
        rounds.Start();
        await rounds.PauseAsync(Cancellation);
        rounds.Book.Last.Should().NotBeNull();
        int before = _calls.Count;
        Func<CancellationToken, Task> rest = await rounds.SendFrozenAsync(Cancellation);
        await rest(Cancellation);
        rounds.Commit();
        await rounds.DisposeAsync();

        _surroundings.Processes().Should().Contain(Environment.ProcessId);
        _calls.Take(before).Should().OnlyContain(static call => call == "running").And.NotBeEmpty();
        _calls.Skip(before).Should().Equal("frozen", "compare", "commit", "dispose");
        rounds.Book.Report.ComparedEntries.Should().Be(5);
    }

    [Fact]
    public async Task Start_ARoundFails_SaysSoAtOnce()
    {
        _round = static _ => throw new IOException("The array is degraded.");
        await using FileRounds rounds = await BeginAsync();
        rounds.Start();

        await new Func<Task>(() => Task.Delay(Timeout.Infinite, rounds.Failed)).Should().ThrowAsync<OperationCanceledException>();
        rounds.Failure!.Message.Should().Be("The array is degraded.");
        await new Func<Task>(() => rounds.PauseAsync(Cancellation)).Should().ThrowAsync<IOException>();
    }

    /// <summary>What would fail in the freeze is found before it.</summary>
    [Fact]
    public async Task PauseAsync_SomethingIsInTheWay_IsNamedAndNothingFreezes()
    {
        _round = static _ => new SentFiles { Entries = 0, Bytes = 0, Obstacles = ["/data/db is under a lease."] };
        await using FileRounds rounds = await BeginAsync();

        (await new Func<Task>(() => rounds.PauseAsync(Cancellation)).Should().ThrowAsync<MigrationException>()).Which.Message.Should().Contain("/data/db is under a lease.").And.Contain("it was not frozen");
    }

    [Fact]
    public async Task SendFrozenAsync_FilesDiffer_EndsTheMigration()
    {
        _comparison = new FilesComparison(5, 1, ["/data/db"]);
        await using FileRounds rounds = await BeginAsync(verify: true);

        (await new Func<Task>(() => rounds.SendFrozenAsync(Cancellation)).Should().ThrowAsync<MigrationException>()).Which.Message.Should().Contain("1 of 5").And.Contain("/data/db");
    }

    /// <summary>A destination that says of another round that it is here.</summary>
    [Fact]
    public async Task PauseAsync_AnotherRoundIsConfirmed_IsABreach()
    {
        _answerOffset = 1;
        await using FileRounds rounds = await BeginAsync();

        await new Func<Task>(() => rounds.PauseAsync(Cancellation)).Should().ThrowAsync<MigrationProtocolException>();
    }

    [Fact]
    public async Task DisposeAsync_WithoutACommit_IsNoCommit()
    {
        FileRounds rounds = await BeginAsync();
        rounds.Start();
        await rounds.DisposeAsync();

        _calls.Should().NotContain("commit").And.HaveElementAt(_calls.Count - 1, "dispose");
    }

    private async Task<FileRounds> BeginAsync(bool verify = false)
    {
        var options = new MigrationSessionOptions { Destination = _listener.LocalEndPoint, Verify = verify, FilesInStep = this };
        var context = new SourceContext(Guid.NewGuid(), MigrationTarget.Process(Environment.ProcessId), options, new ProgressReporter(null, NullLogger.Instance), NullLoggerFactory.Instance);
        return (await FileRounds.BeginAsync(context, new ConnectedSource(_source, _dialogue, new LedgerIdentity(Guid.Empty, Guid.Empty, Guid.Empty)), Cancellation))!;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                if (await _destination.ReceiveAsync(Cancellation) is FilesRound round)
                {
                    await _destination.SendAsync(new FilesTaken(round.Round + _answerOffset), Cancellation);
                }
            }
        }
        catch (Exception e) when (e is TransportException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private sealed class Departing(FileRoundsTests test) : IDepartingFiles
    {
        public Task<SentFiles> SendRoundAsync(bool isFrozen, CancellationToken cancellationToken)
        {
            test._calls.Add(isFrozen ? "frozen" : "running");
            return Task.FromResult(test._round(isFrozen));
        }

        public Task<FilesComparison> CompareAsync(CancellationToken cancellationToken)
        {
            test._calls.Add("compare");
            return Task.FromResult(test._comparison);
        }

        public void Commit() => test._calls.Add("commit");

        public ValueTask DisposeAsync()
        {
            test._calls.Add("dispose");
            return ValueTask.CompletedTask;
        }
    }
}
