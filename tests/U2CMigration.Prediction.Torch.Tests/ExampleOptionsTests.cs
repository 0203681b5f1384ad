using U2CMigration.Prediction.Torch.Examples;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class ExampleOptionsTests
{
    [Theory]
    [InlineData(0.25, 10, 2, 1)]
    [InlineData(0.01, 1, 1, 1)]
    [InlineData(1.3, 40, 8, 4)]
    public void Thinned_Share_TakesSoManyPagesOfEachKindAndAtLeastOne(double share, int unstable, int stable, int neverWritten)
    {
        ExampleOptions thinned = new ExampleOptions { UnstablePages = 40, StablePages = 8, NeverWrittenPages = 4 }.Thinned(share);

        (thinned.UnstablePages, thinned.StablePages, thinned.NeverWrittenPages).Should().Be((unstable, stable, neverWritten));
    }
}
