using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class MigrationConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_MessagesAndPagesInterleaved_ComeInOrder()
    {
        await using Connected pair = await Connected.CreateAsync();
        var sink = new DictionarySink();
        Task sending = SendAsync();

        MigrationMessage end = await pair.Destination.ReceiveAsync(sink, Cancellation);
        int pagesAtEnd = sink.Pages.Count;
        MigrationMessage dropped = await pair.Destination.ReceiveAsync(sink, Cancellation);

        await sending;
        (end, pagesAtEnd).Should().Be((new RoundEnd(0, 40, 1), 40));
        dropped.Should().BeOfType<PagesDropped>();

        async Task SendAsync()
        {
            await pair.Source.SendPagesAsync(Batches.Random(1, 40), Cancellation);
            await pair.Source.SendAsync(new RoundEnd(0, 40, 1), Cancellation);
            await pair.Source.SendAsync(new PagesDropped([new PageRun(1, 0x10000, 1)]), Cancellation);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(64)]
    [InlineData(1000)]
    [InlineData(5000)]
    public async Task SendPagesAsync_TinyBuffers_DeliverEveryByte(int bufferBytes)
    {
        await using Connected pair = await Connected.CreateAsync(bufferBytes);
        var sink = new DictionarySink();
        PageBatch batch = Batches.Random(5, 30);
        byte[] last = batch.Memory[^PageBatch.PageBytes..].ToArray();
        Task acknowledgements = pair.Source.ReceiveAsync(Cancellation).AsTask();
        Task sending = SendAsync();

        await pair.Destination.ReceiveAsync(sink, Cancellation);

        await sending;
        sink.Pages[(1, 0x10000UL + (29 << 12))].Should().Equal(last);
        await pair.Destination.SendAsync(new Accept(), Cancellation);
        await acknowledgements;

        async Task SendAsync()
        {
            await pair.Source.SendPagesAsync(batch, Cancellation);
            await pair.Source.SendAsync(new Commit(), Cancellation);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task SendPagesAsync_PeerThatDoesNotReceive_Waits()
    {
        await using Connected pair = await Connected.CreateAsync(bufferBytes: 4096);

        Task sending = pair.Source.SendPagesAsync(Batches.Random(1, 100), Cancellation).AsTask();

        sending.IsCompleted.Should().BeFalse();
        Task<MigrationMessage> receiving = pair.Destination.ReceiveAsync(new DictionarySink(), Cancellation).AsTask();
        await sending;
        await pair.Source.SendAsync(new Accept(), Cancellation);
        await receiving;
    }

    [Fact(Timeout = 30_000)]
    public async Task Statistics_AfterABatchWasAcknowledged_ShowNothingUnderWay()
    {
        await using Connected pair = await Connected.CreateAsync();
        PageBatch batch = Batches.Random(1, 8);
        Task<MigrationMessage> receiving = pair.Destination.ReceiveAsync(new DictionarySink(), Cancellation).AsTask();
        await pair.Source.SendPagesAsync(batch, Cancellation);
        await pair.Source.SendAsync(new RoundEnd(3, 8, 1), Cancellation);
        await receiving;
        await pair.Destination.SendAsync(new RoundAck(3, batch.WireBytes, 1), Cancellation);

        await pair.Source.ReceiveAsync(Cancellation);

        ConnectionStatistics statistics = pair.Source.Statistics;
        (statistics.PageBytesAcknowledged, statistics.PageBytesUnderWay, statistics.PagesSent).Should().Be((batch.WireBytes, 0, 8));
        statistics.AcknowledgedBytesPerSecond.Should().BePositive();
    }

    [Fact(Timeout = 30_000)]
    public async Task Statistics_WireBytes_AgreeAtBothEnds()
    {
        await using Connected pair = await Connected.CreateAsync();
        Task<MigrationMessage> receiving = pair.Destination.ReceiveAsync(new DictionarySink(), Cancellation).AsTask();
        await pair.Source.SendPagesAsync(Batches.Random(1, 8), Cancellation);
        await pair.Source.SendAsync(new Commit(), Cancellation);

        await receiving;

        pair.Destination.Statistics.WireBytesReceived.Should().Be(pair.Source.Statistics.WireBytesSent);
    }

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_AcknowledgementOfBytesNeverSent_IsRefused()
    {
        await using Connected pair = await Connected.CreateAsync();
        await pair.Destination.SendAsync(new RoundAck(0, 1, 1), Cancellation);

        Func<Task> receive = async () => await pair.Source.ReceiveAsync(Cancellation);

        await receive.Should().ThrowAsync<MigrationProtocolException>();
    }

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_Cancelled_LosesNothing()
    {
        await using Connected pair = await Connected.CreateAsync();
        using var cancel = new CancellationTokenSource();
        Task<MigrationMessage> cancelled = pair.Destination.ReceiveAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await ((Func<Task>)(() => cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await pair.Source.SendAsync(new Commit(), Cancellation);

        (await pair.Destination.ReceiveAsync(Cancellation)).Should().Be(new Commit());
    }

    [Fact(Timeout = 30_000)]
    public async Task SendPagesAsync_CancelledWhileLeaving_LetsAnAbortFollow()
    {
        await using Connected pair = await Connected.CreateAsync(bufferBytes: 4096, Connected.Quiet with { CancelGrace = TimeSpan.FromSeconds(20) });
        using var cancel = new CancellationTokenSource();
        Task sending = pair.Source.SendPagesAsync(Batches.Random(1, 100), cancel.Token).AsTask();
        await cancel.CancelAsync();
        Task<MigrationMessage> receiving = pair.Destination.ReceiveAsync(new DictionarySink(), Cancellation).AsTask();
        await sending;
        var abort = new Abort(AbortCode.Cancelled, "The caller cancelled.");

        await pair.Source.SendAsync(abort, Cancellation);

        (await receiving).Should().Be(abort);
    }

    [Fact(Timeout = 30_000)]
    public async Task SendPagesAsync_CancelledAndPeerStuck_EndsAfterTheGrace()
    {
        await using Connected pair = await Connected.CreateAsync(bufferBytes: 4096, Connected.Quiet with { CancelGrace = TimeSpan.FromMilliseconds(20) });
        using var cancel = new CancellationTokenSource();
        Task sending = pair.Source.SendPagesAsync(Batches.Random(1, 100), cancel.Token).AsTask();
        await cancel.CancelAsync();

        await ((Func<Task>)(() => sending)).Should().ThrowAsync<OperationCanceledException>();

        Func<Task> next = async () => await pair.Source.SendAsync(new Commit(), Cancellation);
        await next.Should().ThrowAsync<TransportException>().WithMessage("*cut in the middle*");
    }

    [Theory(Timeout = 30_000)]
    [InlineData(32)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(5000)]
    [InlineData(40_000)]
    public async Task SendPagesAsync_LinkCut_BothEndsSayThatItIsLost(int afterBytes)
    {
        await using Connected pair = await Connected.CreateAsync(bufferBytes: 1 << 20, wrapSource: stream => new ThrowAfterNBytesStream(stream, afterBytes));

        Func<Task> send = async () => await pair.Source.SendPagesAsync(Batches.Random(1, 10), Cancellation);
        Func<Task> receive = async () => await pair.Destination.ReceiveAsync(new DictionarySink(), Cancellation);

        (await send.Should().ThrowAsync<TransportException>()).Which.IsTransient.Should().BeTrue();
        (await receive.Should().ThrowAsync<TransportException>()).Which.Peer.Should().Be("source");
    }

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_PeerCloses_SaysBetweenTwoMessages()
    {
        await using Connected pair = await Connected.CreateAsync();
        await pair.Source.DisposeAsync();

        Func<Task> receive = async () => await pair.Destination.ReceiveAsync(Cancellation);

        await receive.Should().ThrowAsync<TransportException>().WithMessage("*between two messages*");
    }

    [Fact(Timeout = 30_000)]
    public async Task ReceiveAsync_TwoAtOnce_IsMisuse()
    {
        await using Connected pair = await Connected.CreateAsync();
        Task<MigrationMessage> first = pair.Source.ReceiveAsync(Cancellation).AsTask();

        Func<Task> second = async () => await pair.Source.ReceiveAsync(Cancellation);

        await second.Should().ThrowAsync<InvalidOperationException>();
        await pair.Destination.SendAsync(new Accept(), Cancellation);
        await first;
    }

    [Fact(Timeout = 30_000)]
    public async Task SendAsync_ManyAtOnce_FramesDoNotInterleave()
    {
        await using Connected pair = await Connected.CreateAsync(bufferBytes: 100);
        Task sending = Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            async () => await pair.Source.SendAsync(new Abort(AbortCode.Other, new string((char)('a' + (i % 26)), i * 20)), Cancellation), Cancellation)));
        List<int> lengths = [];
        for (int i = 0; i < 50; i++)
        {
            lengths.Add(((Abort)await pair.Destination.ReceiveAsync(Cancellation)).Sentence.Length);
        }

        await sending;

        lengths.Order().Should().Equal(Enumerable.Range(0, 50).Select(i => i * 20));
    }

    [Fact(Timeout = 30_000)]
    public async Task EndAsync_PeerThatNeitherReadsNorCloses_EndsAtTheLimit()
    {
        await using Connected pair = await Connected.CreateAsync();

        await pair.Destination.EndAsync(new Refuse(RefusalReason.Busy, "Busy."), TimeSpan.FromMilliseconds(50), Cancellation);

        (await pair.Source.ReceiveAsync(Cancellation)).Should().Be(new Refuse(RefusalReason.Busy, "Busy."));
    }

    [Fact(Timeout = 30_000)]
    public async Task OpenAsync_GarbageOnThePort_NamesIt()
    {
        (Stream near, Stream far) = StreamPair.Create();
        await far.WriteAsync("SSH-2.0-OpenSSH_9.6p1 Debian-3\r\n"u8.ToArray(), Cancellation);

        Func<Task> open = () => MigrationConnection.OpenAsync(near, ConnectionRole.Source, "peer", Connected.Quiet, null, Cancellation);

        (await open.Should().ThrowAsync<MigrationProtocolException>()).Which.Got.Should().Contain("SSH-2.0");
    }

    [Fact(Timeout = 30_000)]
    public async Task OpenAsync_PeerThatClosesAtOnce_IsTransient()
    {
        (Stream near, Stream far) = StreamPair.Create();
        await far.DisposeAsync();

        Func<Task> open = () => MigrationConnection.OpenAsync(near, ConnectionRole.Source, "peer", Connected.Quiet, null, Cancellation);

        (await open.Should().ThrowAsync<TransportException>()).Which.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task OpenAsync_InvalidOptions_NamesAllProblems()
    {
        var options = new MigrationConnectionOptions { ConnectTimeout = TimeSpan.Zero, SendBufferBytes = -1 };

        Func<Task> open = () => MigrationConnection.OpenAsync(Stream.Null, ConnectionRole.Source, "peer", options, null, Cancellation);

        await open.Should().ThrowAsync<ArgumentException>().WithMessage("*ConnectTimeout*SendBufferBytes*");
    }

    [Fact(Timeout = 30_000)]
    public async Task Features_BothEndsTheSame_AreAgreedOn()
    {
        await using Connected pair = await Connected.CreateAsync();

        (pair.Source.Features, pair.Source.Version).Should().Be(
            (ProtocolFeatures.PageAcknowledgements | ProtocolFeatures.PageCodec | ProtocolFeatures.OfferTraits | ProtocolFeatures.RestoredMemory | ProtocolFeatures.LockHandover
                | ProtocolFeatures.SharedObjects | ProtocolFeatures.InventoryOfNeeds | ProtocolFeatures.CarriedState | ProtocolFeatures.ProcessorFeatures
                | ProtocolFeatures.PrivateMemoryFirst | ProtocolFeatures.Proof | ProtocolFeatures.LedgerIdentity | ProtocolFeatures.FilesInStep | ProtocolFeatures.OwnedTrees | ProtocolFeatures.OwnNetworks, 1));
    }

    [Fact(Timeout = 30_000)]
    public async Task SendPagesAsync_CodedBatchToAPeerWithoutCodec_IsRefusedHere()
    {
        (Stream near, Stream far) = StreamPair.Create();
        byte[] greeting = new byte[Greeting.Size];
        new Greeting(1, 1, ConnectionRole.Destination, ProtocolFeatures.PageAcknowledgements).Write(greeting);
        await far.WriteAsync(greeting, Cancellation);
        await using MigrationConnection source = await MigrationConnection.OpenAsync(near, ConnectionRole.Source, "destination", Connected.Quiet, null, Cancellation);
        var codec = new PageCodec(new PageCodecOptions());
        var batch = new PageBatch();
        batch.Add(1, 0x1000, 1).Fill(1);
        batch.Seal(codec);

        Func<Task> send = () => source.SendPagesAsync(batch, Cancellation).AsTask();

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*codec*");
        await far.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task SendPagesAsync_CodedBatches_ArriveWhole()
    {
        await using Connected pair = await Connected.CreateAsync();
        var codec = new PageCodec(new PageCodecOptions());
        var sink = new DictionarySink();
        Task<MigrationMessage> receiving = pair.Destination.ReceiveAsync(sink, Cancellation).AsTask();
        Task<MigrationMessage> acknowledging = pair.Source.ReceiveAsync(Cancellation).AsTask();
        var batch = new PageBatch();
        byte[] page = Contents.Random(1);
        for (int version = 0; version < 3; version++)
        {
            page = Contents.Changed(page, version);
            batch.Clear();
            page.CopyTo(batch.Add(1, 0x1000, 1));
            batch.Seal(codec);
            await pair.Source.SendPagesAsync(batch, Cancellation);
        }

        await pair.Source.SendAsync(new RoundEnd(0, 3, 0), Cancellation);
        await receiving;
        await pair.Destination.SendAsync(new RoundAck(0, pair.Destination.PageBytesReceived, 0), Cancellation);
        await acknowledging;

        sink.Held(1, 0x1000).ToArray().Should().Equal(page);
        pair.Source.Statistics.PageBytesUnderWay.Should().Be(0);
    }
}
