using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Tests.Networks;

public sealed class AlignedVectorsTests
{
    [Fact]
    public void Span_ManyMadeAndMemoryCompacted_EachLiesInOneCacheLine()
    {
        AlignedVectors[] all = [.. Enumerable.Range(1, 50).Select(static count => new AlignedVectors(count))];
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        foreach (AlignedVectors vectors in all)
        {
            AddressOf(vectors).Should().Be(0);
            vectors.Span.Length.Should().Be(vectors.Count);
            vectors.Span.Fill(Vector512.Create((float)vectors.Count));
        }

        foreach (AlignedVectors vectors in all)
        {
            vectors.Span.IndexOfAnyExcept(Vector512.Create((float)vectors.Count)).Should().Be(-1);
        }
    }

    private static unsafe int AddressOf(AlignedVectors vectors) => (int)((nuint)Unsafe.AsPointer(ref vectors.First) % 64);
}
