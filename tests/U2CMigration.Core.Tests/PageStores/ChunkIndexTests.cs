using CsCheck;
using U2CMigration.Core.PageStores;

namespace U2CMigration.Core.Tests.PageStores;

public sealed class ChunkIndexTests
{
    [Fact]
    public void Find_AnyChunksAdded_FindsThoseOnly() =>
        Gen.Select(Gen.Int[1, 4_000_000], Gen.ULong[0, (1UL << 26) - 1]).HashSet[1, 400].Sample(keys =>
        {
            var index = new ChunkIndex();
            foreach ((int processId, ulong number) in keys)
            {
                index.Add(new Chunk(processId, number << Chunk.Shift, 0));
            }

            return index.Count == keys.Count
                && keys.All(key => index.Find(key.Item1, (key.Item2 << Chunk.Shift) + 0x1234) is { } found && found.ProcessId == key.Item1 && found.Start == key.Item2 << Chunk.Shift)
                && index.Find(4_000_001, 0) is null;
        });

    [Fact]
    public async Task Find_WhileAnotherThreadAdds_NeverLosesAChunk()
    {
        var index = new ChunkIndex();
        index.Add(new Chunk(7, 0, 0));
        Task adding = Task.Run(() =>
        {
            for (ulong i = 1; i < 20_000; i++)
            {
                index.Add(new Chunk(7, i << Chunk.Shift, 0));
            }
        }, TestContext.Current.CancellationToken);

        while (!adding.IsCompleted)
        {
            index.Find(7, 0).Should().NotBeNull();
        }

        await adding;
        index.Count.Should().Be(20_000);
    }
}
