using Microsoft.Extensions.Time.Testing;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class KeepAliveTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MigrationConnectionOptions Options => new() { KeepAliveInterval = TimeSpan.FromSeconds(1), PeerTimeout = TimeSpan.FromSeconds(5), TimeProvider = _time };

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_PeerThatNeverAnswers_EndsAfterThePeerTimeout()
    {
        await using Connected pair = await Connected.CreateAsync(options: Options);
        Task<MigrationMessage> receiving = pair.Source.ReceiveAsync(Cancellation).AsTask();

        await AdvanceUntilAsync(() => receiving.IsCompleted);

        await ((Func<Task>)(() => receiving)).Should().ThrowAsync<TransportException>().WithMessage("*said nothing for 5 s*");
    }

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_PeerThatReceivesToo_IsKeptByPings()
    {
        await using Connected pair = await Connected.CreateAsync(options: Options with { PeerTimeout = TimeSpan.FromSeconds(60) });
        Task<MigrationMessage> source = pair.Source.ReceiveAsync(Cancellation).AsTask();
        Task<MigrationMessage> destination = pair.Destination.ReceiveAsync(Cancellation).AsTask();
        long start = _time.GetTimestamp();

        while (_time.GetElapsedTime(start) < TimeSpan.FromSeconds(100))
        {
            long received = pair.Source.Statistics.WireBytesReceived;
            await AdvanceUntilAsync(() => pair.Source.Statistics.WireBytesReceived > received);
        }

        (source.IsCompleted, destination.IsCompleted).Should().Be((false, false));
        await pair.Source.SendAsync(new Commit(), Cancellation);
        await pair.Destination.SendAsync(new Accept(), Cancellation);
        await Task.WhenAll(source, destination);
    }

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_PeerAtWorkThatDoesNotReceive_IsKeptUntilItsWorkIsDone()
    {
        await using Connected pair = await Connected.CreateAsync(options: Options with { PeerTimeout = TimeSpan.FromSeconds(60) });
        Task<MigrationMessage> receiving = pair.Source.ReceiveAsync(Cancellation).AsTask();
        pair.Destination.IsAtWork = true;
        long start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < TimeSpan.FromSeconds(100))
        {
            long received = pair.Source.Statistics.WireBytesReceived;
            await AdvanceUntilAsync(() => pair.Source.Statistics.WireBytesReceived > received);
        }

        receiving.IsCompleted.Should().BeFalse();
        pair.Destination.IsAtWork = false;
        await AdvanceUntilAsync(() => receiving.IsCompleted);

        await ((Func<Task>)(() => receiving)).Should().ThrowAsync<TransportException>().WithMessage("*said nothing for 60 s*");
    }

    [Fact(Timeout = 30_000)]
    public async Task PeerTimeout_Shortened_CountsAtOnce()
    {
        await using Connected pair = await Connected.CreateAsync(options: Options with { PeerTimeout = TimeSpan.FromDays(1) });
        Task<MigrationMessage> receiving = pair.Source.ReceiveAsync(Cancellation).AsTask();

        pair.Source.PeerTimeout = TimeSpan.FromSeconds(3);
        await AdvanceUntilAsync(() => receiving.IsCompleted);

        await ((Func<Task>)(() => receiving)).Should().ThrowAsync<TransportException>().WithMessage("*said nothing for 3 s*");
        pair.Source.Invoking(source => source.PeerTimeout = TimeSpan.FromSeconds(1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact(Timeout = 30_000)]
    public async Task PingAsync_Answered_GivesTheRoundTripTime()
    {
        await using Connected pair = await Connected.CreateAsync(options: Options with { KeepAliveInterval = TimeSpan.Zero });
        await pair.Source.PingAsync(Cancellation);
        _time.Advance(TimeSpan.FromMilliseconds(7));
        Task<MigrationMessage> destination = pair.Destination.ReceiveAsync(Cancellation).AsTask();
        Task<MigrationMessage> source = pair.Source.ReceiveAsync(Cancellation).AsTask();

        await WaitAsync(() => pair.Source.Statistics.RoundTripTime > TimeSpan.Zero);

        pair.Source.Statistics.RoundTripTime.Should().Be(TimeSpan.FromMilliseconds(7));
        await pair.Source.SendAsync(new Commit(), Cancellation);
        await pair.Destination.SendAsync(new Accept(), Cancellation);
        await Task.WhenAll(source, destination);
    }

    [Fact(Timeout = 30_000)]
    public async Task OpenAsync_PeerWithoutGreeting_EndsAfterTheHandshakeTimeout()
    {
        (Stream near, _) = StreamPair.Create();
        Task opening = MigrationConnection.OpenAsync(near, ConnectionRole.Source, "peer", Options, null, Cancellation);

        await AdvanceUntilAsync(() => opening.IsCompleted);

        await ((Func<Task>)(() => opening)).Should().ThrowAsync<TransportException>().WithMessage("*no greeting within 5 s*");
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancellation);
        }
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Cancellation);
        }
    }
}
