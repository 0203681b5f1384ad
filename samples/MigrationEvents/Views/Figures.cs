using System.Globalization;

namespace MigrationEvents.Views;

/// <summary>Numbers as people read them.</summary>
public static class Figures
{
    private const double Mebibyte = 1 << 20;

    public static string Bytes(double bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B"),
        < 10 * Mebibyte => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:N0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / Mebibyte:N0} MiB"),
    };

    public static string Rate(double bytesPerSecond) =>
        bytesPerSecond <= 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond * 8 / 1e6:N0} Mbit/s");

    public static string Milliseconds(double milliseconds) => milliseconds switch
    {
        <= 0 => "-",
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:N1} ms"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:N0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:N1} s"),
    };

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:N1} %");
}
