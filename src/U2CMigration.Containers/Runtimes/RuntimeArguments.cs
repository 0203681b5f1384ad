namespace U2CMigration.Containers.Runtimes;

/// <summary>What runtimes are told, in words that runc and crun have in common.</summary>
internal static class RuntimeArguments
{
    public static IReadOnlyList<string> State(string root, string id) => [.. Global(root), "state", id];

    public static IReadOnlyList<string> List(string root) => [.. Global(root), "list", "--format", "json"];

    /// <summary>A checkpoint that leaves the container running; nothing is dumped where the stub stands for CRIU.</summary>
    public static IReadOnlyList<string> Describe(string root, string id, string images, string log) =>
        [$"--log={log}", .. Global(root), "checkpoint", "--leave-running", "--tcp-established", "--file-locks", "--ext-unix-sk", "--image-path", images, id];

    public static IReadOnlyList<string> Restore(string root, string id, string bundle, string images, string log) =>
        [$"--log={log}", .. Global(root), "restore", "--detach", "--tcp-established", "--file-locks", "--ext-unix-sk", "--image-path", images, "--bundle", bundle, id];

    /// <summary>A part of a shell script that deletes a container, given as <c>$id</c>, by a runtime with its global words, given as <c>$@</c>: not one that was made and not started, or runs, which is somebody else's.</summary>
    public const string DeleteEnded = "\"$@\" state \"$id\" 2>/dev/null | grep -qE '\"status\": *\"(created|running|paused)\"' || \"$@\" delete \"$id\"";

    public static IReadOnlyList<string> Delete(string root, string id, bool force) => [.. Global(root), "delete", .. force ? (string[])["--force"] : [], id];

    /// <summary>The words that stand before all others.</summary>
    public static IEnumerable<string> Global(string root) => root.Length == 0 ? [] : ["--root", root];
}
