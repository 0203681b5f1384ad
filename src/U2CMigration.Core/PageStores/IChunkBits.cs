namespace U2CMigration.Core.PageStores;

/// <summary>A combination of the bitmaps of a chunk, 64 pages at a time.</summary>
internal interface IChunkBits
{
    ulong Word(int index);
}
