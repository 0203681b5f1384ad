namespace U2CMigration.Transport.Connections;

/// <summary>How fast pages crossed lately.</summary>
/// <param name="BytesPerSecond">Bytes per second; 0 before the first acknowledgement.</param>
/// <param name="PagesPerSecond">Pages per second; 0 before the first acknowledgement.</param>
/// <param name="Bytes">The bytes from which that was taken.</param>
/// <param name="Seconds">The counted time from which that was taken.</param>
internal readonly record struct CrossingPace(double BytesPerSecond, double PagesPerSecond, long Bytes, double Seconds)
{
    /// <summary>Fewer bytes say more about latency than about bandwidth.</summary>
    private const long LeastBytes = 1 << 20;

    /// <summary>The bytes per second; 0 when too few crossed to tell what the link would carry.</summary>
    public double ProvenBytesPerSecond => Bytes >= LeastBytes ? BytesPerSecond : 0;
}
