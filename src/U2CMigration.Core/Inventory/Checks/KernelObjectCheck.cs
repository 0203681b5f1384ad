using System.Globalization;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Objects of the kernel that have no name in a file system: io_uring, userfaultfd, pidfd, BPF, secret memory, message queues.</summary>
internal static class KernelObjectCheck
{
    private const string Prefix = "anon_inode:";
    private const string Ring = "anon_inode:[io_uring]";
    private const string Map = "anon_inode:bpf-map";
    private const long QueueFileSystem = 0x19800202;

    private static readonly string[] Known = ["[eventfd]", "[eventpoll]", "[signalfd]", "[timerfd]", "inotify", "[inotify]", "[fanotify]", "[pidfd]"];

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        // Children inherit such a descriptor under its number; naming it once is enough.
        foreach (HeldDescriptor descriptor in view.Descriptors.DistinctBy(static one => (one.Number, one.Link)))
        {
            if (KindOf(descriptor, view) is { } found)
            {
                yield return view.Finding(found.Kind, descriptor.ProcessId, descriptor.Named, found.Reason);
            }
        }

        var withRings = view.Descriptors.Where(static one => one.Link == Ring).Select(static one => one.ProcessId).ToHashSet();
        foreach (NamedMapping mapping in view.Mappings)
        {
            if (mapping.Name == Ring && withRings.Add(mapping.ProcessId))
            {
                yield return view.Finding(FindingKind.IoUring, mapping.ProcessId, mapping.Named, "CRIU cannot move such rings");
            }
            else if (mapping.Name.StartsWith("/secretmem", StringComparison.Ordinal))
            {
                yield return view.Finding(FindingKind.SecretMemory, mapping.ProcessId, mapping.Named, "CRIU cannot read it");
            }
        }
    }

    internal static (FindingKind Kind, string Reason)? KindOf(HeldDescriptor descriptor, WorkloadView? view)
    {
        string link = descriptor.Link;
        if (link == Ring)
        {
            return (FindingKind.IoUring, "CRIU cannot move such rings");
        }

        if (link == "anon_inode:[pidfd]" || link.StartsWith("pidfd:[", StringComparison.Ordinal))
        {
            // Of processes that have ended (-1) it can be made again.
            return int.TryParse(descriptor.Information("Pid"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int target) && target >= 0 && view?.Tree.Contains(target) == false
                ? (FindingKind.ProcessDescriptor, $"it stands for {(target == 0 ? "a process in another PID namespace" : OutsideHolders.NameOf(target))}, which does not move")
                : null;
        }

        if (link.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return Known.Contains(link[Prefix.Length..]) || (link == Map && IsPlainMap(descriptor)) ? null : (FindingKind.KernelObject, "CRIU cannot move such objects");
        }

        return link.StartsWith("/secretmem", StringComparison.Ordinal) ? (FindingKind.SecretMemory, "CRIU cannot read it")
            : link.StartsWith("/dmabuf:", StringComparison.Ordinal) ? (FindingKind.KernelObject, "CRIU cannot move such objects")
            : link.Length > 1 && link[0] == '/' && link.LastIndexOf('/') == 0 && StatFs.TypeOf(descriptor.Path) == QueueFileSystem ? (FindingKind.MessageQueue, "CRIU does not know its messages")
            : null;
    }

    /// <summary>Hashes and arrays; CRIU knows no other maps.</summary>
    private static bool IsPlainMap(HeldDescriptor descriptor) => descriptor.Information("map_type") is "1" or "2";
}
