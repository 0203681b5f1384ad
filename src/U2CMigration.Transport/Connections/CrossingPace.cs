namespace U2CMigration.Transport.Connections;

/// <summary>How fast pages crossed lately.</summary>
/// <param name="BytesPerSecond">Bytes per second; 0 before the first acknowledgement.</param>
/// <param name="PagesPerSecond">Pages per second; 0 before the first acknowledgement.</param>
/// <param name="Bytes">The bytes from which that was taken.</param>
/// <param name="Seconds">The counted time from which that was taken.</param>
internal readonly record struct CrossingPace(double BytesPerSecond, double PagesPerSecond, long Bytes, double Seconds);
