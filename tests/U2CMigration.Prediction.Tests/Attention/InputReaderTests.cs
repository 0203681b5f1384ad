using System.Numerics;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Attention;

public sealed class InputReaderTests
{
    [Fact]
    public void Read_AnyPage_AgreesWithCountingBitByBit()
    {
        PageHistories histories = RandomContainer.Observe(samples: 70, pages: 1024, seed: 1);
        InputReader reader = new(InputSelection.All);
        for (int chunk = 1; chunk < histories.ChunkCount; chunk++)
        {
            reader.Open(histories, chunk);
            for (int page = 0; page < PageHistories.ChunkPages; page++)
            {
                reader.Read(page, out PageInput input);
                Check(histories, chunk, page, input);
            }
        }
    }

    [Fact]
    public void Equals_OtherSample_Differs()
    {
        PageInput one = new() { Dirty = 5, Samples = 3 };
        PageInput two = one with { Beside = 1 };

        one.Equals(one with { }).Should().BeTrue();
        one.GetHashCode().Should().Be((one with { }).GetHashCode());
        one.Equals(two).Should().BeFalse();
    }

    private static void Check(PageHistories histories, int chunk, int page, PageInput input)
    {
        for (int age = 0; age < PageInput.Window; age++)
        {
            input.Left(age).Should().Be(Enumerable.Range(page - 4, 4).Count(neighbour => Bit(histories, chunk, neighbour, age)));
            input.Right(age).Should().Be(Enumerable.Range(page + 1, 4).Count(neighbour => Bit(histories, chunk, neighbour, age)));
            int around = BitOperations.PopCount(histories.DirtyRow(chunk, age)[page >> 6]);
            input.Wide(age).Should().Be(around == 0 ? 0 : 1 + (int)Math.Ceiling(Math.Log2(around)));
        }

        for (int age = 0; age < PageHistories.Depth; age++)
        {
            (((input.Dirty >> age) & 1) != 0).Should().Be(Bit(histories, chunk, page, age));
        }
    }

    private static bool Bit(PageHistories histories, int chunk, int page, int age)
    {
        int inside = Math.Clamp(page, 0, PageHistories.ChunkPages - 1);
        return ((histories.DirtyRow(chunk, age)[inside >> 6] >> (inside & 63)) & 1) != 0;
    }
}
