using System.Globalization;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.SystemLevel;

/// <summary>Reads system-level features beside the samples of a page tracker.</summary>
/// <remarks>
/// Each figure comes from the narrowest place that has it: the cgroup v2 of the process where it has one of its own (memory.stat, memory.max,
/// memory.current, io.stat, cpu.pressure, as far as its controllers are on), else the whole machine (/proc/vmstat, /proc/meminfo, /proc/pressure/cpu). Context
/// switches, soft interrupts and runnable tasks are of the machine (/proc/stat), bytes written of the process itself (/proc/PID/io, wchar: files, pipes
/// and sockets alike). Figures stay in their place for the life of the sampler, so that differences are meaningful. Files are opened once; a sample allocates nothing.
/// A file that can not be read (any more) gives 0. Not safe for concurrent use.
/// </remarks>
public sealed class SystemSampler : IDisposable
{
    private const int KibibytesPerPage = PageSize.Bytes / 1024;
    private readonly SystemFile _machineMemory = SystemFile.Open("/proc/vmstat");
    private readonly SystemFile _machineFree = SystemFile.Open("/proc/meminfo");
    private readonly SystemFile _machineActivity = SystemFile.Open("/proc/stat");
    private readonly SystemFile _machinePressure = SystemFile.Open("/proc/pressure/cpu");
    private readonly SystemFile _processWrites;
    private readonly SystemFile _groupMemory;
    private readonly SystemFile _groupUse;
    private readonly SystemFile _groupDevices;
    private readonly SystemFile _groupPressure;
    private readonly long _groupLimit;

    /// <summary>Opens what there is to read.</summary>
    /// <param name="processId">The root of the tree that is sampled.</param>
    public SystemSampler(int processId)
    {
        Func<string, string?> group = OwnCgroup.Of(processId);
        _processWrites = SystemFile.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/io"));
        _groupMemory = SystemFile.Open(group("memory.stat"));
        _groupUse = SystemFile.Open(group("memory.current"));
        _groupDevices = SystemFile.Open(group("io.stat"));
        _groupPressure = SystemFile.Open(group("cpu.pressure"));
        using SystemFile limit = SystemFile.Open(group("memory.max"));
        _groupLimit = SystemTables.TryNumber(limit.Read(), out long bytes) ? bytes : 0;
    }

    /// <summary>Reads all figures now.</summary>
    public SystemSample Sample()
    {
        ReadOnlySpan<byte> memory = _machineMemory.Read();
        SystemTables.TryFind(memory, "pgpgin"u8, out long kibibytesIn);
        SystemTables.TryFind(memory, "pgpgout"u8, out long kibibytesOut);
        SystemTables.TryFind(_groupMemory.Exists ? _groupMemory.Read() : memory, "pgfault"u8, out long faults);
        ReadOnlySpan<byte> activity = _machineActivity.Read();
        SystemTables.TryFind(activity, "ctxt"u8, out long switches);
        SystemTables.TryFind(activity, "softirq"u8, out long interrupts);
        SystemTables.TryFind(activity, "procs_running"u8, out long runnable);
        SystemTables.TryFind(_processWrites.Read(), "wchar:"u8, out long written);
        SystemTables.TryFindPressure((_groupPressure.Exists ? _groupPressure : _machinePressure).Read(), out long pressure);
        ReadOnlySpan<byte> devices = _groupDevices.Read();
        return new SystemSample
        {
            PageFaults = faults,
            PagesIn = _groupDevices.Exists ? SystemTables.SumDevices(devices, "rbytes"u8) >> PageSize.Shift : kibibytesIn / KibibytesPerPage,
            PagesOut = _groupDevices.Exists ? SystemTables.SumDevices(devices, "wbytes"u8) >> PageSize.Shift : kibibytesOut / KibibytesPerPage,
            ContextSwitches = switches,
            SoftInterrupts = interrupts,
            FreeMemoryBytes = FreeBytes(),
            BytesWritten = written,
            CpuPressureMicroseconds = pressure,
            RunnableTasks = runnable,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _machineMemory.Dispose();
        _machineFree.Dispose();
        _machineActivity.Dispose();
        _machinePressure.Dispose();
        _processWrites.Dispose();
        _groupMemory.Dispose();
        _groupUse.Dispose();
        _groupDevices.Dispose();
        _groupPressure.Dispose();
    }

    private long FreeBytes()
    {
        if (_groupLimit > 0 && SystemTables.TryNumber(_groupUse.Read(), out long used))
        {
            return Math.Max(0, _groupLimit - used);
        }

        return SystemTables.TryFind(_machineFree.Read(), "MemFree:"u8, out long kibibytes) ? kibibytes * 1024 : 0;
    }
}
