using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Options;

namespace MigrationAgent.Options;

/// <summary>The options about CRIU. What both ends need the source tells the destination, so most of them are given on the source only.</summary>
public sealed class CriuOptions
{
    private const string Told = " The destination is told.";

    private static readonly Dictionary<string, CriuCgroupMode> CgroupModes = new()
    {
        ["ignore"] = CriuCgroupMode.Ignore,
        ["none"] = CriuCgroupMode.None,
        ["properties"] = CriuCgroupMode.Properties,
        ["soft"] = CriuCgroupMode.Soft,
        ["full"] = CriuCgroupMode.Full,
        ["strict"] = CriuCgroupMode.Strict,
    };

    private readonly Option<string> _criu = new("--criu") { Description = "The CRIU program (default: criu, found through PATH).", DefaultValueFactory = _ => "criu" };
    private readonly Option<int> _logLevel = NumberOption.Create("--criu-log-level", "The detail of CRIU's log, 0 (errors) to 4 (all; costs downtime); default 2, with --verbose 4.", -1, 0, 4);
    private readonly Option<string[]> _raw = List("--criu-option", "OPTION[=VALUE]", "A further option of CRIU as in its configuration file, for example ghost-fiemap; overrides all others. Not told to the other host.");
    private readonly Option<bool> _tcpClose = Switch("--tcp-close", "Established TCP connections arrive closed instead of moving along." + Told);
    private readonly Option<bool> _externalSockets = Switch("--external-unix-sockets", "Datagram sockets connected to processes outside, a logger for example, are connected to the same path on the destination." + Told);
    private readonly Option<bool> _linkRemap = Switch("--link-remap", "Deleted files that have other names left get one for the time of the migration; both hosts must see the directory." + Told);
    private readonly Option<long> _deletedFiles = NumberOption.Create("--deleted-file-limit-mib", "The largest deleted file that is still open and moves along, MiB (default: ghost-limit of CRIU's configuration, else 512).", 0L, 0, uint.MaxValue >> 20);
    private readonly Option<bool> _inodeMap = Switch("--force-inode-map", "Watched files (inotify) without a path, as on overlayfs, are searched for.");
    private readonly Option<string[]> _inodePaths = List("--inode-map-path", "DIRECTORY", "Search there too.");
    private readonly Option<bool> _evasive = Switch("--evasive-devices", "A device file may have another path than when it was opened.");
    private readonly Option<string> _root = Text("--root", "DIRECTORY", "The root file system of a workload with a mount namespace of its own, as a container has; on the destination it must be the root of a mount." + Told);
    private readonly Option<string[]> _externalMounts = List("--external-mount", "MOUNTPOINT[=PATH]", "A mount that each host provides: on the destination PATH, or the mount point's own path." + Told);
    private readonly Option<bool> _autoMounts = Switch("--auto-external-mounts", "Mounts shared with the host are found and treated so by themselves." + Told);
    private readonly Option<string[]> _skipMounts = List("--skip-mount", "MOUNTPOINT", "A mount that is left out." + Told);
    private readonly Option<string[]> _fileSystems = List("--enable-fs", "KIND", "A kind of file system that CRIU does not know and that is mounted like any other; all for every one." + Told);
    private readonly Option<bool> _mountCompatibility = Switch("--mount-compat-mode", "Mounts are restored in the older way of CRIU." + Told);
    private readonly Option<string> _lsmContext = Text("--lsm-mount-context", "CONTEXT", "The SELinux context of restored mounts.");
    private readonly Option<string> _cgroups = Text("--cgroup-mode", "MODE", $"What becomes of the control groups: {string.Join(", ", CgroupModes.Keys)} (default: ignore). The destination is told, unless it has --cgroup.");
    private readonly Option<string[]> _cgroupRoots = List("--cgroup-root", "[CONTROLLER:]GROUP", "Under which group those of the workload are made.");
    private readonly Option<string> _cgroupYard = Text("--cgroup-yard", "DIRECTORY", "Where control group file systems are mounted already.");
    private readonly Option<bool> _emptyNetwork = Switch("--empty-network-namespace", "The workload's own network namespace is restored empty." + Told);
    private readonly Option<string[]> _external = List("--external", "KIND[KEY]:VALUE", "Another resource outside, in CRIU's notation. Not told to the other host.");
    private readonly Option<string[]> _join = List("--join-namespace", "KIND=PATH", "A namespace that the workload joins in place of its own, for example net=/run/netns/web.");
    private readonly Option<string[]> _inherit = List("--inherit-file", "DESCRIPTOR=KEY", "An open descriptor of this program in place of a file of the workload, for example 7=pipe:[4711].");
    private readonly Option<string> _validation = Text("--file-validation", "HOW", "How files are compared with those that were open: build-id (default) or size.");
    private readonly Option<bool> _skipRights = Switch("--skip-file-rights-check", "Files may have other access rights than when they were opened.");
    private readonly Option<string> _lsmProfile = Text("--lsm-profile", "PROFILE", "The security profile of the restored processes, as apparmor:NAME or selinux:CONTEXT.");

    public CriuOptions()
    {
        _cgroups.AcceptOnlyFromAmong([.. CgroupModes.Keys]);
        _validation.AcceptOnlyFromAmong("build-id", "size");
        _join.Validators.Add(result => NeedsEquals(result, "KIND=PATH, for example net=/run/netns/web"));
        _inherit.Validators.Add(result => NeedsEquals(result, "DESCRIPTOR=KEY, for example 7=pipe:[4711]"));
        _inherit.Validators.Add(static result =>
        {
            foreach (Token token in result.Tokens.Where(static token => Inherited(token.Value) is null))
            {
                result.AddError($"--inherit-file is '{token.Value}', and this program has no such descriptor open; start it with one, for example 7<FILE.");
            }
        });
    }

    public void AddTo(Command command, bool isSource)
    {
        command.AddGroup("Connections and sockets", [_tcpClose, _externalSockets, .. isSource ? [] : (Option[])[_inherit]]);
        command.AddGroup("Files", isSource ? [_deletedFiles, _linkRemap, _inodeMap, _inodePaths, _evasive] : [_linkRemap, _validation, _skipRights]);
        command.AddGroup("Containers: mounts, control groups, namespaces",
            [_root, _externalMounts, _autoMounts, _skipMounts, _fileSystems, _mountCompatibility, _cgroups, _emptyNetwork, _external,
            .. isSource ? [] : (Option[])[_cgroupRoots, _cgroupYard, _join, _lsmProfile, _lsmContext]]);
        command.AddGroup("CRIU", _criu, _logLevel, _raw);
    }

    public CriuSettings Settings(ParseResult parsed, bool verbose) => new()
    {
        Path = parsed.GetValue(_criu)!,
        LogLevel = parsed.GetValue(_logLevel) is >= 0 and var level ? level : verbose ? 4 : new CriuSettings().LogLevel,
        RawOptions = parsed.GetValue(_raw) ?? [],
        TcpClose = parsed.GetValue(_tcpClose),
        ExternalUnixSockets = parsed.GetValue(_externalSockets),
        LinkRemap = parsed.GetValue(_linkRemap),
        DeletedFileLimitBytes = parsed.GetValue(_deletedFiles) << 20,
        ForceInodeMap = parsed.GetValue(_inodeMap),
        InodeMapPaths = parsed.GetValue(_inodePaths) ?? [],
        EvasiveDevices = parsed.GetValue(_evasive),
        Mounts = new CriuMountSettings
        {
            Root = parsed.GetValue(_root) ?? "",
            External = [.. (parsed.GetValue(_externalMounts) ?? []).Select(static text => text.Split('=', 2)).Select(static parts => new CriuExternalMount(parts[0], parts.Length > 1 ? parts[1] : ""))],
            AutoExternal = parsed.GetValue(_autoMounts),
            Skip = parsed.GetValue(_skipMounts) ?? [],
            FileSystems = parsed.GetValue(_fileSystems) ?? [],
            CompatibilityMode = parsed.GetValue(_mountCompatibility),
            LsmContext = parsed.GetValue(_lsmContext) ?? "",
        },
        Cgroups = new CriuCgroupSettings
        {
            Mode = parsed.GetValue(_cgroups) is { } mode ? CgroupModes[mode] : CriuCgroupMode.Ignore,
            Roots = [.. (parsed.GetValue(_cgroupRoots) ?? []).Select(static text => text.Split(':', 2)).Select(static parts => parts.Length == 1 ? new CriuCgroupRoot("", parts[0]) : new CriuCgroupRoot(parts[0], parts[1]))],
            Yard = parsed.GetValue(_cgroupYard) ?? "",
        },
        EmptyNetworkNamespace = parsed.GetValue(_emptyNetwork),
        External = parsed.GetValue(_external) ?? [],
        JoinNamespaces = [.. (parsed.GetValue(_join) ?? []).Select(static text => text.Split('=', 2)).Select(static parts => new CriuJoinNamespace(parts[0], parts[1]))],
        InheritedFiles = [.. (parsed.GetValue(_inherit) ?? []).Select(static text => new CriuInheritedFile(text.Split('=', 2)[1], Inherited(text)!))],
        FileValidation = parsed.GetValue(_validation) == "size" ? CriuFileValidation.Size : CriuFileValidation.BuildId,
        SkipFileRightsCheck = parsed.GetValue(_skipRights),
        LsmProfile = parsed.GetValue(_lsmProfile) ?? "",
    };

    private static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    private static Option<string> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<string[]> List(string name, string value, string description) => new(name) { HelpName = value, Description = description + " Can be repeated." };

    private static void NeedsEquals(OptionResult result, string form)
    {
        foreach (Token token in result.Tokens.Where(static token => token.Value.IndexOf('=') < 1))
        {
            result.AddError($"{result.Option.Name} is '{token.Value}', which is not of the form {form}.");
        }
    }

    private static SafeFileHandle? Inherited(string text) =>
        int.TryParse(text.Split('=')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && Path.Exists($"/proc/self/fd/{number}")
            ? new SafeFileHandle(number, ownsHandle: false)
            : null;
}
