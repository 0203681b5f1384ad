using U2CMigration.Prediction.DataShift;

namespace U2CMigration.Prediction.Tests.DataShift;

/// <summary>The paper's first phase, written down page by page as the text has it.</summary>
internal static class DataShiftReference
{
    public static bool IsStable(ulong history, DataShiftOptions options)
    {
        double[] bits = [.. Enumerable.Range(0, options.StabilitySamples).Select(i => (double)((history >> i) & 1))];
        double mean = bits.Average();
        double deviation = Math.Sqrt(bits.Average(bit => (bit - mean) * (bit - mean)));

        // What is equal to the limit is not below it, whichever way the quotient was rounded.
        return mean == 0 || deviation / mean < options.MaximumVariation - 1e-9;
    }

    public static int TrailingRun(ulong history)
    {
        int length = 1;
        while (length < 64 && ((history >> length) & 1) == (history & 1))
        {
            length++;
        }

        return length;
    }

    public static bool IsDirtyNext(ulong history, DataShiftOptions options)
    {
        bool last = (history & 1) == 1;
        double share = Math.Min(TrailingRun(history), options.Window) / (double)options.Window;
        return share >= options.Persistence - 1e-9 ? last : !last;
    }
}
