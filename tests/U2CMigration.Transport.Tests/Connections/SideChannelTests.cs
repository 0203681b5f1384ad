using System.IO.Pipelines;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Connections;

/// <summary>The stream of bytes beside the messages of a connection.</summary>
public sealed class SideChannelTests
{
    private const int Several = 5 * ProtocolLimits.StreamWindowBytes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_MoreThanTheWindowBothWays_ArrivesInOrder()
    {
        await using Connected ends = await Connected.CreateAsync();
        await using SideChannel source = ends.Source.OpenStream();
        await using SideChannel destination = ends.Destination.OpenStream();
        using var stop = new CancellationTokenSource();
        Task[] receiving = [ReceiveAsync(ends.Source, stop.Token), ReceiveAsync(ends.Destination, stop.Token)];
        byte[] there = Noise(1), back = Noise(2);

        Task[] writing = [WriteAsync(source.Output, there), WriteAsync(destination.Output, back)];
        byte[][] read = await Task.WhenAll(ReadAsync(destination.Input, Several), ReadAsync(source.Input, Several));
        await Task.WhenAll(writing);

        read[0].Should().Equal(there);
        read[1].Should().Equal(back);
        destination.ReceivedBytes.Should().Be(Several);
        await stop.CancelAsync();
        await Task.WhenAll(receiving);
    }

    /// <summary>No one reads: the writer waits, and what it has sent is bounded; messages are not held up by that.</summary>
    [Fact]
    public async Task Write_NobodyReads_WaitsAndMessagesCross()
    {
        await using Connected ends = await Connected.CreateAsync();
        await using SideChannel source = ends.Source.OpenStream();
        await using SideChannel destination = ends.Destination.OpenStream();
        using var stop = new CancellationTokenSource();
        Task receiving = ReceiveAsync(ends.Source, stop.Token);
        Task writing = WriteAsync(source.Output, Noise(3));

        for (int i = 0; i < 50; i++)
        {
            Task sending = ends.Source.SendAsync(new RoundEnd(i, 0, 0), Cancellation).AsTask();
            (await ends.Destination.ReceiveAsync(Cancellation)).Should().Be(new RoundEnd(i, 0, 0));
            await sending;
        }

        writing.IsCompleted.Should().BeFalse("nothing is read");
        destination.ReceivedBytes.Should().BeLessThanOrEqualTo(2 * ProtocolLimits.StreamWindowBytes);
        Task more = ReceiveAsync(ends.Destination, stop.Token);
        (await ReadAsync(destination.Input, Several)).Should().Equal(Noise(3));
        await writing;
        await stop.CancelAsync();
        await Task.WhenAll(receiving, more);
    }

    [Fact]
    public async Task Receive_MoreThanTheWindow_IsABreach()
    {
        await using Connected ends = await Connected.CreateAsync();
        await using SideChannel destination = ends.Destination.OpenStream();
        byte[] piece = new byte[ProtocolLimits.MaxStreamPieceBytes];
        using var stop = new CancellationTokenSource();
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await ends.Source.SendAsync(new StreamData(piece), stop.Token);
            }
        });

        Func<Task> receiving = async () => await ends.Destination.ReceiveAsync(Cancellation);

        (await receiving.Should().ThrowAsync<MigrationProtocolException>()).Which.Expected.Should().Contain($"{ProtocolLimits.StreamWindowBytes} bytes of the stream");
        await stop.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_StreamThatIsNotOpen_IsABreach(bool isData)
    {
        await using Connected ends = await Connected.CreateAsync();
        await ends.Source.SendAsync(isData ? new StreamData(new byte[1]) : new StreamCredit(0), Cancellation);

        Func<Task> receiving = async () => await ends.Destination.ReceiveAsync(Cancellation);

        (await receiving.Should().ThrowAsync<MigrationProtocolException>()).Which.Expected.Should().Be("no stream, which was not opened");
    }

    /// <summary>A credit for what was never sent would let the window grow.</summary>
    [Fact]
    public async Task Receive_CreditForMoreThanWasSent_IsABreach()
    {
        await using Connected ends = await Connected.CreateAsync();
        await using SideChannel source = ends.Source.OpenStream();
        await ends.Destination.SendAsync(new StreamCredit(1), Cancellation);

        Func<Task> receiving = async () => await ends.Source.ReceiveAsync(Cancellation);

        await receiving.Should().ThrowAsync<MigrationProtocolException>();
    }

    [Fact]
    public async Task Dispose_SomebodyReadsAndWrites_BothEnd()
    {
        await using Connected ends = await Connected.CreateAsync();
        SideChannel source = ends.Source.OpenStream();
        Task<byte[]> reading = ReadAsync(source.Input, 1);
        Task writing = WriteAsync(source.Output, Noise(4));

        await source.DisposeAsync();

        await new Func<Task>(() => reading).Should().ThrowAsync<IOException>();
        await new Func<Task>(() => writing).Should().ThrowAsync<IOException>();
    }

    private static byte[] Noise(int seed)
    {
        byte[] bytes = new byte[Several];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at += 100_000)
        {
            await writer.WriteAsync(bytes.AsMemory(at, Math.Min(100_000, bytes.Length - at)), Cancellation);
        }
    }

    private static async Task<byte[]> ReadAsync(PipeReader reader, int bytes)
    {
        var all = new MemoryStream();
        while (all.Length < bytes)
        {
            ReadResult read = await reader.ReadAsync(Cancellation);
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                all.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
        }

        return all.ToArray();
    }

    private static async Task ReceiveAsync(MigrationConnection connection, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await connection.ReceiveAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
