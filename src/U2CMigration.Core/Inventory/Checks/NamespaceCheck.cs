using System.Globalization;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Namespaces that CRIU moves only as a whole. Those of users and mounts have checks of their own.</summary>
internal static class NamespaceCheck
{
    private static readonly string[] Kinds = ["pid", "ipc", "uts", "time"];

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        int root = view.Tree[0];
        if (!view.Options.RunsElsewhere && ProcessTree.TryReadStatus(root)?.NamespaceProcessIds is [_, .., not 1])
        {
            yield return view.Finding(FindingKind.PartOfNamespace, root, "a PID namespace of its own", "it is not the first process there, and CRIU moves such a namespace only as a whole");
        }

        foreach (string kind in Kinds)
        {
            string? ofRoot = Read(root, kind);
            foreach (int processId in view.Tree.Skip(1))
            {
                if (ofRoot is not null && Read(processId, kind) is { } own && own != ofRoot)
                {
                    yield return view.Finding(
                        FindingKind.NestedNamespace, processId, $"{(kind == "ipc" ? "an" : "a")} {kind.ToUpperInvariant()} namespace of its own", $"the root of the workload (process {root}) is in another one, and CRIU moves no nested ones of this kind");
                    break;
                }
            }
        }
    }

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
}
