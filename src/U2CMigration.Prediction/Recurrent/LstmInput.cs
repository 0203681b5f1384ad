namespace U2CMigration.Prediction.Recurrent;

/// <summary>All that the LSTM sees of a page: its written bits, newest in bit 0.</summary>
internal readonly record struct LstmInput(uint Dirty)
{
    /// <summary>How many samples it looks back.</summary>
    public const int Window = 32;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)((Dirty * 0x9E3779B97F4A7C15UL) >> 32);
}
