using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Torch.Examples;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>The numbers of a batch, written by the same code that prediction reads its inputs with; reused from batch to batch.</summary>
internal sealed class BatchBuffers(int mostGroups)
{
    private const int Size = ExampleGroup.Size;

    private readonly LaneInputs _lanes = new();

    /// <summary>How many groups fit.</summary>
    public int MostGroups { get; } = mostGroups;

    public float[] Dirty { get; } = new float[mostGroups * LaneInputs.DirtyRows * Size];

    public float[] Other { get; } = new float[mostGroups * PageInput.Window * LaneInputs.OtherFeatures * Size];

    public float[] Mask { get; } = new float[mostGroups * PageInput.Window * Size];

    public float[] Summary { get; } = new float[mostGroups * PageSummary.Features * Size];

    public float[] CommonTokens { get; } = new float[mostGroups * PageInput.Window * RoundContext.TokenFeatures];

    public float[] CommonSummary { get; } = new float[mostGroups * RoundContext.SummaryFeatures];

    public float[] Targets { get; } = new float[mostGroups * PagePrediction.Horizons * Size];

    public float[] Weights { get; } = new float[mostGroups * PagePrediction.Horizons * Size];

    /// <summary>Fills in the chosen groups.</summary>
    public void Fill(IReadOnlyList<ExampleGroup> groups, ReadOnlySpan<int> chosen)
    {
        for (int i = 0; i < chosen.Length; i++)
        {
            ExampleGroup group = groups[chosen[i]];
            _lanes.Fill(group.Pages, group.Round);
            Put(_lanes.Dirty, Dirty, i);
            Put(_lanes.Other, Other, i);
            Put(_lanes.Mask, Mask, i);
            Put(_lanes.Summary, Summary, i);
            Put(group.Round.Tokens, CommonTokens, i);
            Put(group.Round.Summary, CommonSummary, i);
            Put(group.Targets, Targets, i);
            Put(group.Weights, Weights, i);
        }
    }

    private static void Put(ReadOnlySpan<Vector512<float>> values, float[] buffer, int group) =>
        MemoryMarshal.Cast<Vector512<float>, float>(values).CopyTo(buffer.AsSpan(group * values.Length * Size));

    private static void Put(float[] values, float[] buffer, int group) => values.CopyTo(buffer, group * values.Length);
}
