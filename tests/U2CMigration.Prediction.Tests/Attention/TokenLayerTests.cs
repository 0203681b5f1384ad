using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Attention;

namespace U2CMigration.Prediction.Tests.Attention;

public sealed class TokenLayerTests
{
    private const int Width = AttentionShape.Width;
    private const int Own = AttentionShape.Own;

    [Fact]
    public void Embed_ByProducts_IsTheSumOfItsInputs() => Check(static weights => new TokenProducts(weights));

    [Fact]
    public void Embed_ByTables_IsTheSumOfItsInputs()
    {
        Assert.SkipUnless(TokenTables.IsSupported, "the processor has no AVX-512; the model multiplies instead");
        Check(static weights => new TokenTables(weights));
    }

    private static void Check(Func<float[], ITokenLayer> create)
    {
        var random = new Random(1);
        float[] weights = Draw(random, Width * Own);
        float[] biases = Draw(random, PageInput.Window * Width);
        ITokenLayer layer = create(weights);
        var inputs = new LaneInputs();
        var tokens = new Vector512<float>[ITokenLayer.Samples * Width];
        for (int round = 0; round < 20; round++)
        {
            PageInput[] pages = RandomPages.Draw(random);
            inputs.Fill(pages, new RoundContext());
            for (int age = 0; age < PageInput.Window; age += ITokenLayer.Samples)
            {
                layer.Embed(inputs, biases, age, tokens);
                for (int i = 0; i < tokens.Length * LaneInputs.Lanes; i++)
                {
                    (int sample, int output, int lane) = (age + (i / LaneInputs.Lanes / Width), i / LaneInputs.Lanes % Width, i % LaneInputs.Lanes);
                    float sum = biases[(sample * Width) + output] + InputsOf(pages[lane], sample).Zip(weights.Skip(output * Own), static (x, w) => x * w).Sum();
                    tokens[i / LaneInputs.Lanes][lane].Should().BeApproximately(Math.Max(0, sum), 1e-5f);
                }
            }
        }
    }

    // Written in the samples around it, the latest first (those of the future are unknown); accessed; neighbours.
    private static IEnumerable<float> InputsOf(PageInput page, int age) =>
    [
        .. Enumerable.Range(age - LaneInputs.Reach, (2 * LaneInputs.Reach) + 1).Select(other => other < 0 ? 0f : (page.Dirty >> other) & 1),
        (page.Accessed >> age) & 1,
        page.Left(age) / 4f,
        page.Right(age) / 4f,
        page.Wide(age) / (float)PageInput.WideLevels,
    ];

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
