using U2CMigration.Prediction.Blending;

namespace U2CMigration.Prediction.Tests.Blending;

public sealed class LossLedgerTests
{
    [Fact]
    public void Share_OneSourceIsMuchBetter_OnlyThatOneSpeaks()
    {
        float[] shares = SharesAfter(20, [0.5f, 0.99f, 0.2f]);

        shares.Should().Equal(0, 1, 0);
    }

    [Fact]
    public void Share_SourcesAreEqual_TheyShareEqually()
    {
        float[] shares = SharesAfter(20, [0.7f, 0.7f, 0.1f]);

        shares.Should().Equal(0.5f, 0.5f, 0);
    }

    [Fact]
    public void Share_SourceThatNeedsAllIsHardlyBetter_SaysNothing()
    {
        SharesAfter(20, [0.7f, 0.5f, 0.701f]).Should().Equal(1, 0, 0);
        SharesAfter(20, [0.7f, 0.5f, 0.9f])[2].Should().BeGreaterThan(0.9f);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(60, 1)]
    public void Share_OneSampleOfManyPages_CountsByTheRootOfThem(int samples, int best)
    {
        // The first source is right about the one page of all samples but the last, the second about the 5,000 of the last, which count as 71 samples.
        var ledger = new LossLedger(3, 1 - 1e-6);
        for (int sample = 0; sample < samples; sample++)
        {
            bool last = sample == samples - 1;
            for (int page = 0; page < (last ? 5000 : 1); page++)
            {
                Add(ledger, last ? [0.2f, 0.8f, 0.1f] : [0.8f, 0.2f, 0.1f]);
            }

            ledger.Next();
        }

        float[] shares = new float[3];
        ledger.Share(2, shares);
        shares[best].Should().Be(1);
    }

    private static float[] SharesAfter(int samples, float[] probabilities)
    {
        var ledger = new LossLedger(probabilities.Length, 0.95);
        for (int sample = 0; sample < samples; sample++)
        {
            Add(ledger, probabilities);
            ledger.Next();
        }

        float[] shares = new float[probabilities.Length];
        ledger.Share(probabilities.Length - 1, shares);
        return shares;
    }

    private static void Add(LossLedger ledger, float[] probabilities)
    {
        for (int source = 0; source < probabilities.Length; source++)
        {
            ledger.Add(source, probabilities[source], written: true, weight: 1);
        }

        ledger.CountPage(1);
    }
}
