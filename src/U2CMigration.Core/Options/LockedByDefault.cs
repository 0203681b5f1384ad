using U2CMigration.Core.Receiving;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Trust;
using U2CMigration.Transport.Security;

namespace U2CMigration.Core.Options;

/// <summary>No one is trusted for reaching a port: without credentials or a secret, both ends keep to this host.</summary>
internal static class LockedByDefault
{
    /// <summary>What is wrong with the trust of a receiver, a sentence each.</summary>
    public static IEnumerable<string> Problems(MigrationReceiverOptions options)
    {
        if (options.Credentials is { } credentials)
        {
            return StrictTls.Problems(credentials).Select(static problem => $"{nameof(options.Credentials)}.{problem}");
        }

        return IsOpen(options) && !PeerRules.IsLoopback(options.Listen) && !options.AllowUnauthenticated
            ? [$"{nameof(options.Listen)} is {options.Listen} and nobody who reaches it would have to prove who he is, although what is sent here is restored as root. Set {nameof(options.Credentials)} (agent: --cert, --key, --ca) or {nameof(options.RequireSecret)} (agent: --secret-file), listen on loopback, or set {nameof(options.AllowUnauthenticated)} (agent: --allow-unauthenticated) on a closed network."]
            : [];
    }

    /// <summary>What is wrong with the trust of a source, a sentence each.</summary>
    public static IEnumerable<string> Problems(MigrationSessionOptions options)
    {
        if (options.Credentials is { } credentials)
        {
            return StrictTls.Problems(credentials).Select(static problem => $"{nameof(options.Credentials)}.{problem}");
        }

        return IsOpen(options) && !PeerRules.IsLoopback(options.Destination) && !options.AllowUnauthenticated
            ? [$"{nameof(options.Destination)} is {Name(options.Destination)} and would get the memory of the workload, readable on the way, without having to prove who it is. Set {nameof(options.Credentials)} (agent: --cert, --key, --ca) or {nameof(options.Secret)} (agent: --secret-file), or {nameof(options.AllowUnauthenticated)} (agent: --allow-unauthenticated) on a closed network."]
            : [];
    }

    /// <summary>Whether a receiver takes anybody.</summary>
    public static bool IsOpen(MigrationReceiverOptions options) => options.Credentials is null && !options.RequireSecret;

    /// <summary>Whether a source sends to anybody.</summary>
    public static bool IsOpen(MigrationSessionOptions options) => options.Credentials is null && options.Secret is null;

    private static string Name(System.Net.EndPoint endPoint) => endPoint is System.Net.DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{endPoint}";
}
