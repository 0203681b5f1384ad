namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Event counters, sockets and memory that a process outside has as well.</summary>
internal static class SharedObjectCheck
{
    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach (IGrouping<string, (HeldDescriptor Descriptor, string Number)> counter in view.Events.GroupBy(static one => one.Number))
        {
            if (view.Outside.OfEvent(counter.Key) is { } holder)
            {
                yield return Finding(view, FindingKind.OutsideEvent, counter.First().Descriptor, holder);
            }
        }

        foreach ((ulong socket, HeldDescriptor descriptor) in view.OwnSockets)
        {
            if (view.Outside.OfSocket(socket) is { } holder)
            {
                yield return Finding(view, FindingKind.OutsideSocket, descriptor, holder);
            }
        }

        foreach (var file in view.Files.Where(static file => file.Descriptor.Link.StartsWith("/memfd:", StringComparison.Ordinal)).DistinctBy(static file => (file.Status.Device, file.Status.Inode)))
        {
            if (view.Outside.OfFile((file.Status.Device, file.Status.Inode)) is [var holder, ..])
            {
                yield return Finding(view, FindingKind.OutsideMemory, file.Descriptor, holder);
            }
        }
    }

    private static InventoryFinding Finding(WorkloadView view, FindingKind kind, HeldDescriptor own, HeldDescriptor holder) =>
        view.Finding(kind, own.ProcessId, own.Named, $"{OutsideHolders.NameOf(holder.ProcessId)} has it open as well, as descriptor {holder.Number}, and does not move");
}
