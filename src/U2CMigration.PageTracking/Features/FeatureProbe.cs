using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Features;

/// <summary>Tries each kernel interface once, on the calling process only.</summary>
internal static unsafe class FeatureProbe
{
    private const int CapabilitySysPtrace = 19;
    private const ulong SoftDirtyBit = 1UL << 55;

    internal static KernelFeatures Run()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new KernelFeatures();
        }

        UserfaultfdFeatures offered = ProbeUserfaultfd(out bool works, out bool kernelFaults);
        return new KernelFeatures
        {
            ProcessEntry = X64SystemCall.IsSupported,
            PagemapScan = CanScan(PageCategories.Present),
            GuardRegionCategory = CanScan(PageCategories.Guard),
            Userfaultfd = works,
            UserfaultfdKernelFaults = kernelFaults,
            UserfaultfdFeatures = offered,
            ProcmapQuery = CanQueryMap(),
            PidfdGetfd = CanCopyDescriptor(),
            SoftDirty = HasSoftDirtyBits(),
            SoftDirtyCategory = CanScan(PageCategories.SoftDirty),
            PtraceCapability = ProcessTree.TryReadStatus(Environment.ProcessId) is { } status && (status.EffectiveCapabilities >> CapabilitySysPtrace & 1) != 0,
        };
    }

    private static UserfaultfdFeatures ProbeUserfaultfd(out bool works, out bool kernelFaults)
    {
        works = kernelFaults = false;
        if (!X64SystemCall.IsSupported)
        {
            return UserfaultfdFeatures.None;
        }

        nint descriptor = SystemCall((nint)X64SystemCall.CreateUserfaultfd, O_CLOEXEC | O_NONBLOCK, 0);
        kernelFaults = descriptor >= 0;
        if (!kernelFaults)
        {
            descriptor = SystemCall((nint)X64SystemCall.CreateUserfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY, 0);
        }

        using SafeFileHandle userfaultfd = new(descriptor, ownsHandle: true);
        UserfaultfdFeatures offered = UserfaultfdFeatures.None;
        works = descriptor >= 0 && Interop.Userfaultfd.Enable(userfaultfd, UserfaultfdFeatures.None, out offered) == 0;
        return works ? offered : UserfaultfdFeatures.None;
    }

    private static bool CanScan(PageCategories categories)
    {
        PagemapScanArguments arguments = new() { Size = (ulong)sizeof(PagemapScanArguments), Mask = categories, Returned = categories };
        PageRegion region;
        arguments.Regions = (ulong)&region;
        arguments.RegionsLength = 1;
        using SafeFileHandle pagemap = ProcFile.Open(Environment.ProcessId, "pagemap");
        return Ioctl(pagemap, PAGEMAP_SCAN, &arguments) >= 0;
    }

    private static bool CanQueryMap()
    {
        ProcmapQueryArguments query = new() { Size = (ulong)sizeof(ProcmapQueryArguments), QueryFlags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA };
        using SafeFileHandle maps = ProcFile.Open(Environment.ProcessId, "maps");
        return Ioctl(maps, PROCMAP_QUERY, &query) >= 0;
    }

    private static bool CanCopyDescriptor()
    {
        using SafeFileHandle self = PidFd.Open(Environment.ProcessId);
        using SafeFileHandle? copy = PidFd.TryCopyDescriptor(self, (int)self.DangerousGetHandle(), out _);
        return copy is not null;
    }

    /// <summary>A page that was just written has the bit, if there is one: nothing needs to be cleared, which would disturb whoever uses the bits already.</summary>
    private static bool HasSoftDirtyBits()
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc(PageSize.Bytes, PageSize.Bytes);
        try
        {
            Volatile.Write(ref *memory, 1);
            using SafeFileHandle pagemap = ProcFile.Open(Environment.ProcessId, "pagemap");
            ulong entry = 0;
            RandomAccess.Read(pagemap, new Span<byte>(&entry, sizeof(ulong)), (long)((ulong)memory >> PageSize.Shift) * sizeof(ulong));
            return (entry & SoftDirtyBit) != 0;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
