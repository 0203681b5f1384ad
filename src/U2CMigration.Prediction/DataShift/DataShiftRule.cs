namespace U2CMigration.Prediction.DataShift;

/// <summary>The parameters of <see cref="DataShiftOptions"/> as the whole numbers that they amount to for bits.</summary>
/// <param name="Samples">How many samples decide.</param>
/// <param name="MinimumOnes">A page is stable with none or at least so many ones among them.</param>
/// <param name="MinimumRun">A trailing run of at least so many equal bits lasts; a shorter one ends.</param>
/// <param name="MinimumEqual">A page whose newest so many samples differ is never stable.</param>
internal readonly record struct DataShiftRule(int Samples, int MinimumOnes, int MinimumRun, int MinimumEqual = 1)
{
    public const int MaximumSamples = 32;

    /// <summary>The least number of ones among k bits whose coefficient of variation is below p: with m ones it is sqrt((k - m) / m).</summary>
    public static int OnesNeeded(int samples, double maximumVariation)
    {
        int ones = samples;
        while (ones > 1 && Math.Sqrt((samples - ones + 1) / (double)(ones - 1)) < maximumVariation)
        {
            ones--;
        }

        return ones;
    }
}
