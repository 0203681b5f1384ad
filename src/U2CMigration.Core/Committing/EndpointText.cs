using System.Globalization;
using System.Net;

namespace U2CMigration.Core.Committing;

/// <summary>Endpoints as text that can be read again.</summary>
internal static class EndpointText
{
    public static string Of(EndPoint endpoint) => endpoint is DnsEndPoint dns ? string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}") : $"{endpoint}";

    public static EndPoint Parse(string text)
    {
        if (IPEndPoint.TryParse(text, out IPEndPoint? address))
        {
            return address;
        }

        int colon = text.LastIndexOf(':');
        return new DnsEndPoint(text[..colon], int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture));
    }
}
