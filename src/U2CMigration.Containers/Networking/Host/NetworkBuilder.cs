using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Reading;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Host;

/// <summary>Makes a network namespace what that of the source is, with every cable unplugged. What the source says is not trusted: it reaches nothing but the namespace.</summary>
internal static partial class NetworkBuilder
{
    private const string Settings = "/proc/sys/net";

    /// <summary>Why the description cannot be followed; null where it can.</summary>
    public static string? Problem(NetworkState state)
    {
        bool isPlain = state.Links.All(static link => IsPlain(link))
            && state.Routes.Concat(state.Rules).All(static line => line.Length > 3 && line[..3] is "-4 " or "-6 " && RouteText.IsPlain(line[3..]))
            && state.Neighbours.All(RouteText.IsPlain)
            && state.Settings.Keys.All(static name => SettingName().IsMatch(name) && !name.Split('/').Any(static step => step is "." or "..")) && FirewallReader.IsPlain(state.Firewall);
        return isPlain ? null : "What the source says of the network of the container is nothing that it could have read from one. Look after the source.";
    }

    /// <summary>Makes the devices, off and without addresses, the settings and the packet filter in an empty namespace.</summary>
    /// <param name="network">The namespace, by a path.</param>
    /// <param name="state">What is to be in it.</param>
    /// <param name="hostEnds">The names of the other ends on this host, by those of the devices.</param>
    /// <exception cref="IOException">Something cannot be made.</exception>
    public static void MakeDevices(string network, NetworkState state, IReadOnlyDictionary<string, string> hostEnds)
    {
        var devices = new StringBuilder();
        foreach (NetworkLink link in state.Cables)
        {
            devices.AppendLine(CultureInfo.InvariantCulture, $"link add name {link.Name} index {link.Index} address {link.Hardware} mtu {link.Mtu} txqueuelen {link.QueueLength} type veth peer name {hostEnds[link.Name]} address {PortAddress.New()} mtu {link.Mtu} netns {Environment.ProcessId}");
        }

        foreach (NetworkLink link in state.Links.Where(static link => link.AddressGeneration.Length > 0 && !link.IsLoopback))
        {
            // It would make one by itself, and ask the neighbours whether they have it.
            devices.AppendLine(CultureInfo.InvariantCulture, $"link set dev {link.Name} addrgenmode none");
        }

        Batch(network, devices);
        ApplySettings(network, state);
        if (state.Firewall.Length > 0)
        {
            // Before anything is up.
            NetworkTool.Run(network, FirewallReader.Nft, state.Firewall, "-f", "-");
        }
    }

    /// <summary>Turns the cables on.</summary>
    public static void TurnOn(string network, NetworkState state)
    {
        var lines = new StringBuilder();
        foreach (NetworkLink link in state.Cables.Where(static link => link.IsUp))
        {
            lines.AppendLine(CultureInfo.InvariantCulture, $"link set dev {link.Name} up");
        }

        Batch(network, lines);
    }

    /// <summary>Gives the devices their addresses, and makes the routes.</summary>
    public static void Furnish(string network, NetworkState state)
    {
        var rest = new StringBuilder();
        foreach (NetworkLink link in state.Links)
        {
            foreach (string address in link.Addresses.Where(one => !ComesByItself(link, one)))
            {
                string dad = address.Contains(':', StringComparison.Ordinal) ? " nodad" : string.Empty;
                rest.AppendLine(CultureInfo.InvariantCulture, $"address add {address} dev {link.Name}{dad}");
            }

            rest.AppendLine(CultureInfo.InvariantCulture, $"link set dev {link.Name} {(link.IsUp ? "up" : "down")}");
        }

        foreach (NetworkLink link in state.Links.Where(static link => link.AddressGeneration is { Length: > 0 } and not "none" && !link.IsLoopback))
        {
            rest.AppendLine(CultureInfo.InvariantCulture, $"link set dev {link.Name} addrgenmode {link.AddressGeneration}");
        }

        foreach (string neighbour in state.Neighbours)
        {
            rest.AppendLine(CultureInfo.InvariantCulture, $"neighbour replace {neighbour}");
        }

        Batch(network, rest);

        // What others go through first.
        foreach (string family in (ReadOnlySpan<string>)["-4 ", "-6 "])
        {
            var routes = new StringBuilder();
            foreach (string route in state.Routes.Where(line => line.StartsWith(family, StringComparison.Ordinal)).OrderBy(static line => line.Contains(" via ", StringComparison.Ordinal)))
            {
                routes.AppendLine(CultureInfo.InvariantCulture, $"route add {route[3..]}");
            }

            foreach (string rule in state.Rules.Where(line => line.StartsWith(family, StringComparison.Ordinal)))
            {
                routes.AppendLine(CultureInfo.InvariantCulture, $"rule add {rule[3..]}");
            }

            Batch(network, routes, family.Trim());
        }
    }

    private static void Batch(string network, StringBuilder lines, params string[] options)
    {
        if (lines.Length > 0)
        {
            NetworkTool.Run(network, NetworkTool.Ip, lines.ToString(), [.. options, "-batch", "-"]);
        }
    }

    /// <summary>What the kernel gives to a loopback device that is turned on.</summary>
    private static bool ComesByItself(NetworkLink link, string address) => link is { IsLoopback: true, IsUp: true } && address.Split(' ')[0] is ("127.0.0.1/8" or "::1/128");

    /// <summary>Those of all devices first, as they are handed down to each.</summary>
    private static void ApplySettings(string network, NetworkState state) => Namespace.RunInNetwork(network, () =>
    {
        foreach ((string name, string value) in state.Settings.OrderBy(static one => one.Key.Contains("/all/", StringComparison.Ordinal) ? 0 : one.Key.Contains("/default/", StringComparison.Ordinal) ? 1 : 2))
        {
            try
            {
                File.WriteAllText($"{Settings}/{name}", value);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"The container has set {name} (sysctl) to '{value}' in its network namespace, and that cannot be set on this host: {e.Message}", e);
            }
        }

        return true;
    });

    private static bool IsPlain(NetworkLink link) =>
        DeviceName().IsMatch(link.Name) && (link.IsLoopback ? link.Host is null : link.Host is { } host && DeviceName().IsMatch(host.Name) && DeviceName().IsMatch(host.Bridge) && HardwareAddress().IsMatch(link.Hardware))
        && link.Index > 0 && link.Mtu > 0 && link.QueueLength >= 0 && (link.AddressGeneration.Length == 0 || DeviceName().IsMatch(link.AddressGeneration)) && link.Addresses.All(RouteText.IsPlain);

    [GeneratedRegex("^(?!-)[A-Za-z0-9_.-]{1,15}\\z")]
    private static partial Regex DeviceName();

    [GeneratedRegex("^([0-9a-f]{2}:){5}[0-9a-f]{2}\\z")]
    private static partial Regex HardwareAddress();

    [GeneratedRegex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\\z")]
    private static partial Regex SettingName();
}
