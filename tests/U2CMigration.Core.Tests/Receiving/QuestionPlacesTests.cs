using System.Net;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Receiving;

/// <summary>A source that asks may have its workload frozen: it is answered, however many others want to send, or say nothing.</summary>
public sealed class QuestionPlacesTests : IAsyncLifetime
{
    private const int Many = 40;

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly List<MigrationConnection> _others = [];
    private MigrationReceiver _receiver = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _receiver = MigrationReceiver.Create(new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), WorkDirectory = Path.Combine(_directory, "work") });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MigrationConnection connection in _others)
        {
            await connection.DisposeAsync();
        }

        await _receiver.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Query_WhileAllOtherPlacesOfItsAddressAreTaken_IsAnswered(bool offer)
    {
        for (int i = 0; i < Many; i++)
        {
            MigrationConnection other = await ConnectAsync();
            _others.Add(other);
            if (offer)
            {
                // What it needs does not follow, so that it is waited for.
                await other.SendAsync(new Offer { MigrationId = Guid.NewGuid(), Name = "svc", Kernel = "Linux", CriuVersion = "4.2", TotalMemoryBytes = 1, ProcessIds = [7] }, Cancellation);
            }
        }

        await using MigrationConnection asking = await ConnectAsync();
        var migrationId = Guid.NewGuid();
        await asking.SendAsync(new Query(migrationId), Cancellation);

        MigrationMessage answer = await AnswerAsync(asking);

        answer.Should().BeOfType<State>().Which.MigrationId.Should().Be(migrationId);
    }

    /// <summary>Those that say nothing make room, the one that was silent longest first; those that have said what they want stay.</summary>
    [Fact]
    public void Enter_WhenFull_DisplacesTheOneSilentLongest()
    {
        var all = new OpenConnections();
        ConnectionPlace decided = all.Enter("10.0.0.1:1");
        decided.TryTake(ConnectionUse.Migration).Should().BeTrue();
        ConnectionPlace[] silent = [.. Enumerable.Range(0, OpenConnections.MostOfOneAddress).Select(_ => all.Enter("10.0.0.1:2"))];
        silent.Should().OnlyContain(static one => !one.Displaced.IsCancellationRequested);

        using ConnectionPlace next = all.Enter("10.0.0.1:3");

        silent[0].Displaced.IsCancellationRequested.Should().BeTrue();
        silent[0].TryTake(ConnectionUse.Question).Should().BeFalse("it has no place any more");
        silent[1].Displaced.IsCancellationRequested.Should().BeFalse();
        decided.Displaced.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public void TryTake_MoreOfOneKindThanThereAre_LeavesTheOthersTheirs()
    {
        var all = new OpenConnections();
        ConnectionPlace[] places = [.. Enumerable.Range(0, OpenConnections.MostOfOneAddress).Select(_ => all.Enter("10.0.0.1:1"))];
        places.Should().OnlyContain(static one => one.TryTake(ConnectionUse.Migration));

        using ConnectionPlace more = all.Enter("10.0.0.1:2");
        more.TryTake(ConnectionUse.Migration).Should().BeFalse();
        more.TryTake(ConnectionUse.Question).Should().BeTrue();
        places[0].Dispose();
        all.Enter("10.0.0.1:3").TryTake(ConnectionUse.Migration).Should().BeTrue("one has ended");
    }

    /// <summary>Greetings have limits of their own, which a busy machine may come up against.</summary>
    private async Task<MigrationConnection> ConnectAsync()
    {
        while (true)
        {
            try
            {
                return await MigrationConnection.ConnectAsync(_receiver.Endpoint, ConnectionRole.Source, new MigrationConnectionOptions(), null, Cancellation);
            }
            catch (TransportException e) when (e.IsTransient)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task<MigrationMessage> AnswerAsync(MigrationConnection connection)
    {
        while (true)
        {
            // The destination speaks first, of secrets.
            if (await connection.ReceiveAsync(Cancellation) is var message and not Challenge)
            {
                return message;
            }
        }
    }
}
