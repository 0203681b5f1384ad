namespace U2CMigration.Strategy.Replay;

/// <summary>Says in which parts of a sample a page was written of which the trace only tells that it was.</summary>
/// <remarks>
/// A page written in k of n samples is taken to be written at random, at the constant rate that makes this likely: between two looks that are closer than the
/// samples of the trace it is found dirty less often. Pages written in every sample are taken to be written all the time. Random numbers are a function of seed,
/// page and sample, so that the same page of the same trace always does the same.
/// </remarks>
internal sealed class WriteModel(int seed, int samples)
{
    private ulong _state;

    /// <summary>Adds the parts of one sample in which a page was written, at least one, ascending.</summary>
    /// <param name="page">The page.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="written">In how many samples the page was written.</param>
    /// <param name="parts">How many parts the sample has.</param>
    /// <param name="add">Is given the parts.</param>
    public void Place(int page, int sample, int written, int parts, Action<int> add)
    {
        if (written >= samples)
        {
            for (int part = 0; part < parts; part++)
            {
                add(part);
            }

            return;
        }

        _state = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)page << 20) ^ (uint)sample;

        // The logarithms of the probability to be left alone in a sample, and in a part of it.
        double left = Math.Log(1 - (written / (samples + 1.0)));
        double leftInPart = left / parts;
        double first = Math.Log(1 - (Random() * (1 - Math.Exp(left)))) / leftInPart;
        for (int part = Math.Min((int)first, parts - 1); part < parts; part += 1 + (int)Math.Min(parts, Math.Log(1 - Random()) / leftInPart))
        {
            add(part);
        }
    }

    /// <summary>SplitMix64, as a number in [0, 1).</summary>
    private double Random()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
