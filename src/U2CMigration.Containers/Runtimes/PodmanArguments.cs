namespace U2CMigration.Containers.Runtimes;

/// <summary>What podman is told.</summary>
internal static class PodmanArguments
{
    /// <summary>A checkpoint that leaves the container running; nothing is dumped where the stub stands for CRIU. What comes out of it describes the container, without any file of it.</summary>
    public static IReadOnlyList<string> Describe(string root, string id, string archive) =>
        [.. Global(root), "container", "checkpoint", "--leave-running", "--tcp-established", "--file-locks", "--compress", "none", "--ignore-rootfs", "--ignore-volumes", "--export", archive, id];

    public static IReadOnlyList<string> Restore(string root, string archive) =>
        [.. Global(root), "container", "restore", "--tcp-established", "--file-locks", "--ignore-rootfs", "--ignore-volumes", "--import", archive];

    /// <summary>Named volumes stay in any case, those without a name where they are not asked for.</summary>
    public static IReadOnlyList<string> Remove(string root, string id, bool force, bool volumes) =>
        [.. Global(root), "container", "rm", .. force ? (string[])["--force", "--time", "0"] : [], .. volumes ? (string[])["--volumes"] : [], id];

    public static IReadOnlyList<string> Inspect(string root, IEnumerable<string> names) => [.. Global(root), "container", "inspect", .. names];

    public static IReadOnlyList<string> Ids(string root) => [.. Global(root), "container", "ps", "--all", "--quiet", "--no-trunc"];

    public static IReadOnlyList<string> Image(string root, string image) => [.. Global(root), "image", "inspect", "--format", "{{.Id}}", image];

    public static IReadOnlyList<string> HasVolume(string root, string volume) => [.. Global(root), "volume", "exists", volume];

    private static IEnumerable<string> Global(string root) => root.Length == 0 ? [] : ["--root", root];
}
