using CsCheck;
using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>Whatever happens to a stream on the way is noticed.</summary>
public sealed class DamagedStreamTests
{
    private static async Task<byte[]> SampleAsync()
    {
        using var folders = new Folders();
        new Upheaval(folders.Source, 12, withLocks: false).Run(60);
        File.WriteAllText(folders.InSource("text"), "text");
        return await Streams.OfFolderAsync(folders);
    }

    [Fact]
    public async Task ReceiveRound_PartOfAStream_SaysSo()
    {
        Requires.Root();
        byte[] stream = await SampleAsync();
        for (int length = 0; length < stream.Length; length += 1 + (length / 20))
        {
            await ThrowsAsync(stream[..length]);
        }
    }

    [Fact]
    public async Task ReceiveRound_DamagedStream_SaysSo()
    {
        Requires.Root();
        byte[] stream = await SampleAsync();
        await Gen.Select(Gen.Int[0, stream.Length - 1], Gen.Int[1, 255]).SampleAsync(
            async (at, change) =>
            {
                byte[] damaged = [.. stream];
                damaged[at] ^= (byte)change;
                await ThrowsAsync(damaged);
            },
            iter: 200,
            threads: 1);
    }

    /// <summary>A record that is sent twice, or two in the other order, are records that are not damaged.</summary>
    [Fact]
    public async Task ReceiveRound_RecordTwice_SaysSo()
    {
        Requires.Root();
        byte[] stream = await SampleAsync();
        int first = 16 + BitConverter.ToInt32(stream, 8);
        int second = 16 + BitConverter.ToInt32(stream, first + 8);

        await ThrowsAsync([.. stream[..(first + second)], .. stream[first..]]);
        await ThrowsAsync([.. stream[..first], .. stream[(first + second)..]]);
    }

    /// <summary>The same stream, byte by byte.</summary>
    [Fact]
    public async Task ReceiveRound_StreamInPieces_IsTheSame()
    {
        Requires.Root();
        using var folders = new Folders();
        new Upheaval(folders.Source, 3, withLocks: false).Run(40);
        byte[] stream = await Streams.OfFolderAsync(folders);
        using FileTreeDestination destination = Streams.Destination(folders, allowDevices: true);
        var pipe = new System.IO.Pipelines.Pipe();
        Task<FileTreeReceived> receiving = destination.ReceiveRoundAsync(pipe.Reader, CancellationToken.None);
        for (int at = 0; at < stream.Length; at += 1 + (at / 50))
        {
            await pipe.Writer.WriteAsync(stream.AsMemory(at, Math.Min(1 + (at / 50), stream.Length - at)));
        }

        await receiving;

        TreeText.Differences(folders.Source, folders.Destination).Should().BeEmpty();
    }

    private static async Task ThrowsAsync(byte[] stream)
    {
        using var folders = new Folders();
        using FileTreeDestination destination = Streams.Destination(folders, allowDevices: true);
        Func<Task> receive = () => destination.ReceiveAsync(stream);
        await receive.Should().ThrowAsync<FileTreeProtocolException>();
    }
}
