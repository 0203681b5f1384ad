namespace U2CMigration.Transport.Codec;

/// <summary>A mean in which the last values weigh most.</summary>
/// <param name="before">What it is before the first value.</param>
/// <param name="memory">The number of values after which the first ones are as good as forgotten, about.</param>
internal sealed class RecentMean(double before, int memory = 1024)
{
    /// <summary>The mean.</summary>
    public double Value { get; private set; } = before;

    /// <summary>The number of values, counted up to the memory.</summary>
    public int Count { get; private set; }

    public void Add(double value)
    {
        // A plain mean at first, so that the first value does not weigh more than the others.
        Count = Math.Min(Count + 1, memory);
        Value += (value - Value) / Count;
    }
}
