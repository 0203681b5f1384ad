using System.Net;

namespace U2CMigration.Core.Agreement;

/// <summary>The addresses that a source moves, as traits of its offer: a destination that can bring several chooses by them, others pass them over.</summary>
internal static class MovingAddress
{
    private const string Prefix = "moving-address:";

    /// <summary>Says that an address moves.</summary>
    public static string Trait(IPAddress address) => $"{Prefix}{address}";

    /// <summary>The addresses that an offer names.</summary>
    public static IEnumerable<IPAddress> In(IEnumerable<string> traits)
    {
        foreach (string trait in traits)
        {
            if (trait.StartsWith(Prefix, StringComparison.Ordinal) && IPAddress.TryParse(trait.AsSpan(Prefix.Length), out IPAddress? address))
            {
                yield return address;
            }
        }
    }
}
