using U2CMigration.Prediction.Attention;

namespace U2CMigration.Prediction.Tests.Attention;

public sealed class ContextTablesTests
{
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(0UL)]
    public void FillLogits_HundredsOfThousandsOfPagesThatAllDoTheSame_AreNumbers(ulong dirty)
    {
        var tables = new ContextTables();
        var input = new PageInput { Dirty = dirty, Samples = 64 };
        for (int sample = 0; sample < 200; sample++)
        {
            tables.Fade();
            for (int page = 0; page < 8192; page++)
            {
                tables.Observe(in input);
            }
        }

        float[] logits = new float[ContextTables.Count];
        tables.FillLogits(logits);

        logits.Should().OnlyContain(static logit => float.IsFinite(logit));
        float seen = logits[ContextTables.At(0, 0, PageContext.Recent(dirty))];
        (dirty == 0 ? -seen : seen).Should().BeGreaterThan(5);
    }
}
