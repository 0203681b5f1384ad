using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Agreement;

/// <summary>What a restore has to know of how the workload was dumped. It travels in the requirements of the offer, so a destination that does not know one refuses.</summary>
/// <remarks>Only what differs from the defaults is told: a destination that knows none of these takes every offer that it took before.</remarks>
internal sealed record RestoreNeeds
{
    private const string Prefix = "restore-with:";

    private static readonly (string Name, Func<RestoreNeeds, bool> Get, Func<RestoreNeeds, RestoreNeeds> Set)[] Switches =
    [
        ("tcp-close", static needs => needs.TcpClose, static needs => needs with { TcpClose = true }),
        ("external-unix-sockets", static needs => needs.ExternalUnixSockets, static needs => needs with { ExternalUnixSockets = true }),
        ("end-local-connections", static needs => needs.EndLocalConnections, static needs => needs with { EndLocalConnections = true }),
        ("link-remap", static needs => needs.LinkRemap, static needs => needs with { LinkRemap = true }),
        ("auto-external-mounts", static needs => needs.AutoExternalMounts, static needs => needs with { AutoExternalMounts = true }),
        ("mount-compatibility", static needs => needs.MountCompatibility, static needs => needs with { MountCompatibility = true }),
        ("empty-network-namespace", static needs => needs.EmptyNetworkNamespace, static needs => needs with { EmptyNetworkNamespace = true }),
    ];

    public bool TcpClose { get; init; }

    public bool ExternalUnixSockets { get; init; }

    /// <summary>Whether connections within the host whose other end is not there are ended.</summary>
    public bool EndLocalConnections { get; init; }

    public bool LinkRemap { get; init; }

    public bool AutoExternalMounts { get; init; }

    public bool MountCompatibility { get; init; }

    public bool EmptyNetworkNamespace { get; init; }

    public CriuCgroupMode CgroupMode { get; init; } = CriuCgroupMode.Ignore;

    public string Root { get; init; } = string.Empty;

    public IReadOnlyList<CriuExternalMount> ExternalMounts { get; init; } = [];

    public IReadOnlyList<string> SkippedMounts { get; init; } = [];

    public IReadOnlyList<string> FileSystems { get; init; } = [];

    public static RestoreNeeds Of(CriuSettings settings) => new()
    {
        TcpClose = settings.TcpClose,
        ExternalUnixSockets = settings.ExternalUnixSockets,
        LinkRemap = settings.LinkRemap,
        AutoExternalMounts = settings.Mounts.AutoExternal,
        MountCompatibility = settings.Mounts.CompatibilityMode,
        EmptyNetworkNamespace = settings.EmptyNetworkNamespace,
        CgroupMode = settings.Cgroups.Mode,
        Root = settings.Mounts.Root,
        ExternalMounts = settings.Mounts.External,
        SkippedMounts = settings.Mounts.Skip,
        FileSystems = settings.Mounts.FileSystems,
    };

    /// <summary>The needs that an offer names.</summary>
    /// <param name="requirements">Its requirements; those of other kinds are passed over.</param>
    /// <param name="unknown">The first that looks like a need and is not known here; null for none.</param>
    public static RestoreNeeds Parse(IEnumerable<string> requirements, out string? unknown)
    {
        var needs = new RestoreNeeds();
        unknown = null;
        foreach (string requirement in requirements.Where(IsNeed))
        {
            if (needs.With(requirement[Prefix.Length..]) is not { } more)
            {
                unknown ??= requirement;
                continue;
            }

            needs = more;
        }

        return needs;
    }

    /// <summary>Whether a requirement of an offer is such a need, known or not.</summary>
    public static bool IsNeed(string requirement) => requirement.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The needs as requirements of an offer.</summary>
    public IEnumerable<string> ToRequirements()
    {
        IEnumerable<string> texts =
        [
            .. Switches.Where(option => option.Get(this)).Select(static option => option.Name),
            .. CgroupMode == CriuCgroupMode.Ignore ? [] : (string[])[$"cgroups={CgroupMode}"],
            .. Root.Length == 0 ? [] : (string[])[$"root={Root}"],
            .. ExternalMounts.Select(static mount => $"external-mount={mount.MountPoint}={mount.Source}"),
            .. SkippedMounts.Select(static point => $"skip-mount={point}"),
            .. FileSystems.Select(static kind => $"file-system={kind}"),
        ];
        return texts.Select(static text => Prefix + text);
    }

    private RestoreNeeds? With(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return Switches.FirstOrDefault(option => option.Name == text).Set?.Invoke(this);
        }

        string value = text[(equals + 1)..];
        switch (text[..equals])
        {
            case "cgroups":
                return Enum.TryParse(value, out CriuCgroupMode mode) && Enum.IsDefined(mode) ? this with { CgroupMode = mode } : null;
            case "root":
                return this with { Root = value };
            case "external-mount":
                string[] sides = value.Split('=', 2);
                return sides.Length == 2 ? this with { ExternalMounts = [.. ExternalMounts, new CriuExternalMount(sides[0], sides[1])] } : null;
            case "skip-mount":
                return this with { SkippedMounts = [.. SkippedMounts, value] };
            case "file-system":
                return this with { FileSystems = [.. FileSystems, value] };
            default:
                return null;
        }
    }
}
