using System.Globalization;

namespace U2CMigration.Core.Preflight;

/// <summary>The user namespaces of a tree, compared with the one of this process: what CRIU cannot restore is found beforehand.</summary>
internal static class UserNamespaces
{
    /// <summary>Whether a process is in another user namespace than this one.</summary>
    public static bool IsOwn(int processId) => Differs(processId, "user");

    /// <summary>Adds what stands in the way.</summary>
    /// <param name="tree">The processes, the root first.</param>
    /// <param name="problems">Receives a sentence for each.</param>
    public static void Check(IReadOnlyList<int> tree, List<string> problems)
    {
        string? ofRoot = Read(tree[0], "user");
        foreach (int processId in tree)
        {
            // Null when it has ended meanwhile.
            if (Read(processId, "user") is { } own && own != ofRoot)
            {
                problems.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Process {processId} ({NameOf(processId)}) is in another user namespace than the root of its tree ({tree[0]}), and CRIU moves no nested ones. End it first, or start it without a user namespace (many programs have an option for that, --no-sandbox for example)."));
                return;
            }
        }

        if (IsOwn(tree[0]) && (!Differs(tree[0], "mnt") || !Differs(tree[0], "pid")))
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Process {tree[0]} ({NameOf(tree[0])}) is in a user namespace of its own, but in the mount or PID namespace of this host, and CRIU can not restore that. Start it in namespaces of all three kinds, as container engines and 'unshare --user --map-root-user --mount --pid --fork --mount-proc' do."));
        }
    }

    private static bool Differs(int processId, string kind) => Read(processId, kind) is { } theirs && theirs != Read(Environment.ProcessId, kind);

    private static string? Read(int processId, string kind)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/{kind}")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string NameOf(int processId) => PageTracking.Processes.ProcessTree.TryReadStatus(processId)?.Name ?? "ended";
}
