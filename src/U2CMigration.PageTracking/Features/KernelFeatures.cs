using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Features;

/// <summary>What this kernel, its configuration and the caller's privileges allow, found by trying and not by version.</summary>
/// <remarks>Trying changes nothing outside of the calling process. A record, so that tests can take away a feature with <c>with</c>.</remarks>
public sealed record KernelFeatures
{
    private static readonly Lazy<KernelFeatures> Probed = new(FeatureProbe.Run);

    /// <summary>Whether processes of this machine can be entered to create a userfaultfd: Linux on x86-64.</summary>
    public bool ProcessEntry { get; init; }

    /// <summary>PAGEMAP_SCAN: finds written pages and protects them again in one step.</summary>
    public bool PagemapScan { get; init; }

    /// <summary>Whether PAGEMAP_SCAN tells guard pages from swapped ones.</summary>
    public bool GuardRegionCategory { get; init; }

    /// <summary>Whether userfaultfd(2) works at all for the caller.</summary>
    public bool Userfaultfd { get; init; }

    /// <summary>Whether the caller may handle faults that the kernel takes on its behalf. Lazy restore needs it, tracking does not.</summary>
    public bool UserfaultfdKernelFaults { get; init; }

    /// <summary>The features of userfaultfd.</summary>
    public UserfaultfdFeatures UserfaultfdFeatures { get; init; }

    /// <summary>PROCMAP_QUERY: the bounds of one mapping without reading the whole map. Without it tracking is slower and its registration window wider.</summary>
    public bool ProcmapQuery { get; init; }

    /// <summary>pidfd_getfd: takes a copy of another process's descriptor.</summary>
    public bool PidfdGetfd { get; init; }

    /// <summary>Whether page tables keep soft-dirty bits: a page that was just written has one. Clearing the bits succeeds without them too, and so tells nothing.</summary>
    public bool SoftDirty { get; init; }

    /// <summary>Whether PAGEMAP_SCAN tells soft-dirty pages. Without it their bits are read page by page.</summary>
    public bool SoftDirtyCategory { get; init; }

    /// <summary>Whether the caller has CAP_SYS_PTRACE, which it needs for processes of other users.</summary>
    public bool PtraceCapability { get; init; }

    /// <summary>What the write-protect tracker needs and does not have; empty when it can be used.</summary>
    public IReadOnlyList<MissingFeature> MissingForWriteProtect => [.. FindMissing(Use.WriteProtect)];

    /// <summary>What the soft-dirty tracker needs and does not have; empty when it can be used.</summary>
    public IReadOnlyList<MissingFeature> MissingForSoftDirty => [.. FindMissing(Use.SoftDirty)];

    /// <summary>Everything that is missing, each with what brings it.</summary>
    public IReadOnlyList<MissingFeature> Missing => [.. FindMissing(Use.Any)];

    /// <summary>Tries everything on the first call and remembers it. Safe from any thread.</summary>
    public static KernelFeatures Probe() => Probed.Value;

    internal void ThrowUnlessWriteProtect() => ThrowIfMissing("by write-protection", MissingForWriteProtect);

    internal void ThrowUnlessSoftDirty() => ThrowIfMissing("by soft-dirty bits", MissingForSoftDirty);

    private static void ThrowIfMissing(string how, IReadOnlyList<MissingFeature> missing)
    {
        if (missing.Count > 0)
        {
            throw new PageTrackingException($"Written pages can not be tracked {how} here. {string.Join(' ', missing)} Nothing was touched.");
        }
    }

    private IEnumerable<MissingFeature> FindMissing(Use use)
    {
        const UserfaultfdFeatures AsyncProtection = Interop.Userfaultfd.Needed;
        const UserfaultfdFeatures Events = UserfaultfdFeatures.ForkEvents | UserfaultfdFeatures.RemapEvents | UserfaultfdFeatures.UnmapEvents | UserfaultfdFeatures.RemoveEvents;
        (bool Present, Use For, string Name, string Remedy)[] needs =
        [
            (ProcessEntry, Use.WriteProtect, "Entering processes", $"It needs Linux on x86-64, this is {RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}."),
            (PagemapScan, Use.WriteProtect, "PAGEMAP_SCAN", "It needs Linux 6.7 and CONFIG_PROC_PAGE_MONITOR."),
            (Userfaultfd, Use.WriteProtect, "userfaultfd", "It needs CONFIG_USERFAULTFD, and a seccomp policy of the caller that allows the call."),
            ((UserfaultfdFeatures & AsyncProtection) == AsyncProtection, Use.WriteProtect, "Asynchronous write-protection", "It needs Linux 6.7 and an architecture with userfaultfd write-protection (x86-64, arm64)."),
            (PidfdGetfd, Use.WriteProtect, "pidfd_getfd", "It needs Linux 5.6 and a seccomp policy of the caller that allows the call."),
            (SoftDirty, Use.SoftDirty, "Soft-dirty bits", "They need a kernel with CONFIG_MEM_SOFT_DIRTY (x86-64, ppc64le, s390x; not arm64)."),
            (SoftDirtyCategory, Use.None, "Soft-dirty pages in PAGEMAP_SCAN", "It needs Linux 6.7; without it page maps are read entry by entry."),
            (PtraceCapability, Use.None, "CAP_SYS_PTRACE", "Processes of other users need it: run as root or grant the capability."),
            (UserfaultfdKernelFaults, Use.None, "userfaultfd for faults in the kernel", "It needs CAP_SYS_PTRACE or the sysctl vm.unprivileged_userfaultfd=1."),
            (ProcmapQuery, Use.None, "PROCMAP_QUERY", "It needs Linux 6.11; without it the whole map is read instead."),
            (GuardRegionCategory, Use.None, "Guard pages in PAGEMAP_SCAN", "It needs Linux 6.15; without it guard pages are reported as unreadable pages."),
            ((UserfaultfdFeatures & Events) == Events, Use.None, "userfaultfd events", "They need Linux 4.11."),
        ];
        foreach ((bool present, Use forUse, string name, string remedy) in needs)
        {
            if (!present && (use == Use.Any || use == forUse))
            {
                yield return new MissingFeature(name, remedy);
            }
        }
    }

    private enum Use
    {
        None,
        WriteProtect,
        SoftDirty,
        Any,
    }
}
