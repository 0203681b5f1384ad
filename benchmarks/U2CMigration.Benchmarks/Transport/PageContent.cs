namespace U2CMigration.Benchmarks.Transport;

/// <summary>What lies in the pages of a benchmark.</summary>
public enum PageContent
{
    /// <summary>Random bytes.</summary>
    Random,

    /// <summary>Every other page is full of zero bytes.</summary>
    HalfZero,

    /// <summary>All pages are full of zero bytes.</summary>
    Zero,
}
