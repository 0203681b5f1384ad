namespace U2CMigration.Prediction.Networks;

/// <summary>A weight file is not what it should be: truncated, foreign, of another version, damaged, or of another model.</summary>
public sealed class WeightFormatException : FormatException
{
    internal WeightFormatException(string message)
        : base(message)
    {
    }
}
