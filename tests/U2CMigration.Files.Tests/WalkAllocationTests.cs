using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>Alone, as what is allocated is counted for the whole process.</summary>
[Collection(nameof(WalkAllocationTests))]
[CollectionDefinition(nameof(WalkAllocationTests), DisableParallelization = true)]
public sealed class WalkAllocationTests : IDisposable
{
    private readonly Folders _folders = new();

    public WalkAllocationTests() => Requires.Root();

    public void Dispose() => _folders.Dispose();

    /// <summary>A walk of what is known allocates nothing for each entry: tens of thousands are walked in each round.</summary>
    [Fact]
    public async Task Walk_KnownEntries_AllocatesNothingForEach()
    {
        for (int i = 0; i < 100; i++)
        {
            string directory = Directory.CreateDirectory(_folders.InSource($"{i}")).FullName;
            for (int k = 0; k < 200; k++)
            {
                File.WriteAllText(Path.Combine(directory, $"{k}"), "x");
            }
        }

        using Transfer transfer = Transfer.Of(_folders, trustsTimes: true);
        await transfer.RoundAsync();
        await transfer.SettleAsync();
        await transfer.RoundAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);

        FileTreeRound round = await transfer.RoundAsync();

        round.EntriesWalked.Should().Be(20_100);
        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(20_100 * 40);
    }
}
