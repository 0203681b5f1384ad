using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace MigrationAgent;

/// <summary>Endpoints as people write them.</summary>
public static class Endpoints
{
    /// <summary>Parses <c>HOST:PORT</c>; an IPv6 address stands in brackets.</summary>
    public static EndPoint? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int colon = text.LastIndexOf(':');
        if (IPEndPoint.TryParse(text, out IPEndPoint? endpoint) && endpoint.Port > 0)
        {
            return endpoint;
        }

        if (colon > 0 && !text.AsSpan(0, colon).Contains(':') && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536)
        {
            return new DnsEndPoint(text[..colon], port);
        }

        result.AddError($"'{text}' is not of the form HOST:PORT, for example host-b:9410.");
        return null;
    }

    /// <summary>The name that the other end's certificate must carry.</summary>
    public static string HostName(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint dns => dns.Host,
        IPEndPoint ip => ip.Address.ToString(),
        _ => endpoint.ToString() ?? "",
    };
}
