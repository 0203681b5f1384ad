using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages;

/// <summary>Where and how a <see cref="LazyPagesDaemon"/> serves pages.</summary>
public sealed record LazyPagesOptions
{
    /// <summary>The default of <see cref="FillBytes"/>: 1 MiB.</summary>
    public const int DefaultFillBytes = 1 << 20;

    /// <summary>The default of <see cref="TouchedFillBytes"/>: 64 KiB.</summary>
    public const int DefaultTouchedFillBytes = 64 << 10;

    /// <summary>The default of <see cref="ReadAheadPages"/>: 3.</summary>
    public const int DefaultReadAheadPages = 3;

    /// <summary>The name of the socket that CRIU looks for in its work directory.</summary>
    public const string SocketName = "lazy-pages.socket";

    /// <summary>The work directory of the restore. The path may have at most 89 bytes, because the address of a unix socket is short.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>The most that the background filling copies before it looks for touches again, while there are none.</summary>
    /// <value>A multiple of the page size from one page to 64 MiB; 1 MiB by default. More saves little, and each touch waits longer.</value>
    public int FillBytes { get; init; } = DefaultFillBytes;

    /// <summary>The most that the background filling copies at a time right after a touch; grows to <see cref="FillBytes"/> while no other comes.</summary>
    /// <value>A multiple of the page size, at most <see cref="FillBytes"/>; 64 KiB by default, about 25 microseconds.</value>
    public int TouchedFillBytes { get; init; } = DefaultTouchedFillBytes;

    /// <summary>The pages behind a touched one that are installed together with it.</summary>
    /// <value>
    /// 0 to 255; 3 by default. Measured while 512 MiB were filled: touches all over the place wait 47 microseconds (median) with 3, 52 with 0,
    /// 60 with 7 and 71 with 15; touches in order take as many fewer faults as there are pages here.
    /// </value>
    public int ReadAheadPages { get; init; } = DefaultReadAheadPages;

    internal string SocketPath => Path.Combine(WorkDirectory, SocketName);

    internal void Validate()
    {
        const int MostFillBytes = 64 << 20;
        const int MostReadAhead = 255;
        const int MostPathBytes = 107;
        List<string> problems = [];
        if (!Directory.Exists(WorkDirectory))
        {
            problems.Add($"WorkDirectory '{WorkDirectory}' does not exist; create it first");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(SocketPath) > MostPathBytes)
        {
            problems.Add($"WorkDirectory '{WorkDirectory}' is too long: with '{SocketName}' it may have {MostPathBytes} bytes; choose a shorter path");
        }

        CheckBytes(FillBytes, MostFillBytes, nameof(FillBytes), problems);
        CheckBytes(TouchedFillBytes, FillBytes, nameof(TouchedFillBytes), problems);
        if (ReadAheadPages is < 0 or > MostReadAhead)
        {
            problems.Add($"ReadAheadPages is {ReadAheadPages}; it must be 0 to {MostReadAhead}");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException($"The lazy pages options are not usable: {string.Join("; ", problems)}.");
        }
    }

    private static void CheckBytes(int value, int most, string name, List<string> problems)
    {
        if (value < PageGeometry.Bytes || value > most || value % PageGeometry.Bytes != 0)
        {
            problems.Add($"{name} is {value}; it must be a multiple of {PageGeometry.Bytes}, at least that and at most {most}");
        }
    }
}
