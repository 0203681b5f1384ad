using System.Runtime.InteropServices;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.Filling;

/// <summary>What a successor needs to know to give restored processes the rest of their pages, as it was when all pages had arrived.</summary>
/// <param name="Tasks">The pages that the restore has left out.</param>
/// <param name="Chunks">Where they lie.</param>
internal sealed record FillBook(IReadOnlyList<LazyTask> Tasks, IReadOnlyList<StoredChunk> Chunks)
{
    /// <summary>Also says which version of the format it is.</summary>
    private static ReadOnlySpan<byte> Magic => "U2CFILL1"u8;

    /// <summary>The whole in one piece: 144 bytes for each 2 MiB of memory, 16 for each range.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Tasks.Count);
        foreach (LazyTask task in Tasks)
        {
            writer.Write(task.ProcessId);
            writer.Write(task.Ranges.Count);
            foreach (LazyPageRange range in task.Ranges)
            {
                writer.Write(range.Address);
                writer.Write(range.Pages);
            }
        }

        writer.Write(Chunks.Count);
        foreach (StoredChunk chunk in Chunks)
        {
            writer.Write(chunk.ProcessId);
            writer.Write(chunk.Start);
            writer.Write(chunk.Offset);
            writer.Write(MemoryMarshal.AsBytes(chunk.Present.AsSpan()));
            writer.Write(MemoryMarshal.AsBytes(chunk.Zero.AsSpan()));
        }

        writer.Write(Magic);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">It is none, or of another version.</exception>
    public static FillBook Parse(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            CheckMagic(reader);
            LazyTask[] tasks = new LazyTask[Count(reader, bytes.Length)];
            for (int i = 0; i < tasks.Length; i++)
            {
                tasks[i] = ReadTask(reader, bytes.Length);
            }

            StoredChunk[] chunks = new StoredChunk[Count(reader, bytes.Length)];
            for (int i = 0; i < chunks.Length; i++)
            {
                chunks[i] = ReadChunk(reader);
            }

            CheckMagic(reader);
            return new FillBook(tasks, chunks);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"What a receiver has left about pages that are missing cannot be read: {e.Message}", e);
        }
    }

    private static LazyTask ReadTask(BinaryReader reader, int length)
    {
        int processId = reader.ReadInt32();
        var ranges = new LazyPageRange[Count(reader, length)];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new LazyPageRange(processId, reader.ReadUInt64(), reader.ReadInt64());
        }

        return new LazyTask(processId, ranges);
    }

    private static StoredChunk ReadChunk(BinaryReader reader)
    {
        var chunk = new StoredChunk(reader.ReadInt32(), reader.ReadUInt64(), reader.ReadInt64(), new ulong[Chunk.Pages / 64], new ulong[Chunk.Pages / 64]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(chunk.Present.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(chunk.Zero.AsSpan()));
        return chunk;
    }

    /// <summary>Nothing has more parts than bytes are left, so that no number makes this take memory without end.</summary>
    private static int Count(BinaryReader reader, int length) =>
        reader.ReadInt32() is var count && count >= 0 && count <= length - reader.BaseStream.Position ? count : throw new InvalidDataException("What a receiver has left about pages that are missing has a number that makes no sense.");

    private static void CheckMagic(BinaryReader reader)
    {
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
        {
            throw new InvalidDataException("What a receiver has left about pages that are missing is of another version of this program: start a receiver of that version with the same work directory.");
        }
    }
}
