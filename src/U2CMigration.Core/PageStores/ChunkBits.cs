namespace U2CMigration.Core.PageStores;

/// <summary>The combinations of a chunk's bitmaps that are searched. Structs, so that each search is compiled for its own.</summary>
internal static class ChunkBits
{
    /// <summary>Pages held with data.</summary>
    public readonly struct Data(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => chunk.Present[index] & ~chunk.Zero[index];
    }

    /// <summary>Pages that end a run of held pages with data.</summary>
    public readonly struct NotData(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => ~chunk.Present[index] | chunk.Zero[index];
    }

    /// <summary>Pages that end a run of held zero pages.</summary>
    public readonly struct NotZero(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => ~(chunk.Present[index] & chunk.Zero[index]);
    }

    /// <summary>Pages held.</summary>
    public readonly struct Present(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => chunk.Present[index];
    }

    /// <summary>Pages not held.</summary>
    public readonly struct Missing(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => ~chunk.Present[index];
    }

    /// <summary>Pages not held whose memory was not given back yet.</summary>
    public readonly struct Idle(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => chunk.Backed[index] & ~chunk.Present[index];
    }

    /// <summary>Pages that end a run of idle ones.</summary>
    public readonly struct NotIdle(Chunk chunk) : IChunkBits
    {
        public ulong Word(int index) => ~chunk.Backed[index] | chunk.Present[index];
    }
}
