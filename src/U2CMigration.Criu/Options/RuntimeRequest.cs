using System.Globalization;
using U2CMigration.Criu.Protobuf.Rpc;
using Wire = U2CMigration.Criu.Protobuf.Rpc.Options;

namespace U2CMigration.Criu.Rpc;

/// <summary>What a container runtime has asked of CRIU. It goes into a request of one's own through <see cref="U2CMigration.Criu.Options.CriuTaskOptions.Runtime"/>: fields that are not known here are kept.</summary>
public sealed class RuntimeRequest
{
    /// <summary>The name under which runc and crun give CRIU a network namespace.</summary>
    private const string NetworkKey = "extRootNetNS";

    private readonly Request _request;

    internal RuntimeRequest(Request request, int runtimeProcessId)
    {
        _request = request;
        RuntimeProcessId = runtimeProcessId;
        ImagesDirectory = request.Opts is { HasImagesDirFd: true, ImagesDirFd: >= 0 and var number } ? PathOf(runtimeProcessId, number) : string.Empty;
    }

    private RuntimeRequest(Request request, int runtimeProcessId, string imagesDirectory) => (_request, RuntimeProcessId, ImagesDirectory) = (request, runtimeProcessId, imagesDirectory);

    /// <summary>The process of the runtime.</summary>
    public int RuntimeProcessId { get; }

    /// <summary>The root of the tree that is to be dumped; 0 in a restore.</summary>
    public int ProcessId => _request.Opts?.Pid ?? 0;

    /// <summary>The images directory that the runtime has named, as a path; empty for none.</summary>
    public string ImagesDirectory { get; }

    /// <summary>The root file system of the container.</summary>
    public string Root => _request.Opts?.Root ?? string.Empty;

    /// <summary>The configuration file that CRIU was to read; what it says counts more than the request. Empty for none.</summary>
    public string ConfigurationFile => _request.Opts?.ConfigFile ?? string.Empty;

    /// <summary>The mounts that come from outside the container: the mount point in a dump, and where it is on this host in a restore.</summary>
    public IReadOnlyList<(string Key, string Value)> ExternalMounts => [.. (_request.Opts?.ExtMnt ?? []).Select(static mount => (mount.Key, mount.Val))];

    /// <summary>Other resources outside the container, in CRIU's notation.</summary>
    public IReadOnlyList<string> External => [.. _request.Opts?.External ?? []];

    /// <summary>The control groups under which the tree is restored.</summary>
    public IReadOnlyList<string> ControlGroups => [.. (_request.Opts?.CgRoot ?? []).Select(static root => root.Path).Distinct()];

    /// <summary>The same for a dump in which the network namespace of the tree is not dumped: what is in it is made by somebody else, on the destination too.</summary>
    /// <param name="networkNamespace">The namespace, by a path such as <c>/proc/PID/ns/net</c>.</param>
    public RuntimeRequest ForOwnNetwork(string networkNamespace)
    {
        Request request = WithFilledNetwork();
        if (!request.Opts.External.Any(static one => one.StartsWith("net[", StringComparison.Ordinal)))
        {
            string name = new FileInfo(networkNamespace).LinkTarget ?? throw new IOException($"There is no network namespace {networkNamespace}.");
            request.Opts.External.Add($"{name.Replace(":[", "[", StringComparison.Ordinal)}:{NetworkKey}");
        }

        return new RuntimeRequest(request, RuntimeProcessId, ImagesDirectory);
    }

    /// <summary>The same for a restore into a network namespace that is there (see <see cref="ForOwnNetwork"/>).</summary>
    /// <param name="descriptor">Under which number CRIU has it open; null where the runtime has said so.</param>
    public RuntimeRequest WithOwnNetwork(int? descriptor)
    {
        Request request = WithFilledNetwork();
        if (descriptor is { } number)
        {
            request.Opts.InheritFd.Add(new InheritFd { Key = NetworkKey, Fd = number });
        }

        return new RuntimeRequest(request, RuntimeProcessId, ImagesDirectory);
    }

    internal RequestType Type => _request.Type;

    internal bool WantsNotifications => _request.Opts?.NotifyScripts == true;

    /// <summary>The options, without what the one who makes the real request decides.</summary>
    internal Wire ToOptions()
    {
        Wire options = _request.Opts?.Clone() ?? new Wire();
        options.ClearImagesDirFd();
        options.ClearImagesDir();
        options.ClearWorkDirFd();
        options.ClearLogFile();
        options.ClearLogLevel();
        options.ClearLogToStderr();
        options.ClearNotifyScripts();
        options.ClearLeaveRunning();
        options.ClearLeaveStopped();
        options.ClearParentImg();
        options.ClearTrackMem();
        options.ClearAutoDedup();
        options.ClearLazyPages();
        options.ClearStatusFd();
        options.Ps = null;

        // It would override the request, so what it says is merged by the one who has read it.
        options.ClearConfigFile();

        // With it CRIU traces the root from its first moment, which then takes no attributes from anybody else. Without it the root is a child of CRIU first, and then of the nearest process that
        // takes orphans in.
        options.ClearRstSibling();

        // It may hold more than the container; who knows better says so.
        options.ClearFreezeCgroup();
        return options;
    }

    /// <summary>runc always asks for a namespace that comes back empty.</summary>
    private Request WithFilledNetwork()
    {
        Request request = _request.Clone();
        request.Opts ??= new Wire();
        request.Opts.ClearEmptyNs();
        return request;
    }

    private static string PathOf(int processId, int descriptor) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}")).LinkTarget ?? string.Empty;
}
