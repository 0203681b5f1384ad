using System.Globalization;

namespace U2CMigration.Containers.Networking.Host;

/// <summary>Hardware addresses for new ports of bridges.</summary>
internal static class PortAddress
{
    /// <summary>One that is higher than others: a bridge that was given no address takes the lowest of its ports, and its host could not be reached for a while if that changed.</summary>
    public static string New()
    {
        Span<byte> random = stackalloc byte[4];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        return string.Create(CultureInfo.InvariantCulture, $"fe:ff:{random[0]:x2}:{random[1]:x2}:{random[2]:x2}:{random[3]:x2}");
    }
}
