using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Tests.Interop;

public sealed class PerfEventsTests
{
    [Fact]
    public void KeepOn_IsAnEventUntilItIsClosed()
    {
        using SafeFileHandle on = PerfEvents.KeepOn();
        Assert.SkipWhen(on.IsInvalid, "performance events may not be used here (perf_event_paranoid, or a container's filter of system calls)");
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{on.DangerousGetHandle()}")).LinkTarget.Should().Be("anon_inode:[perf_event]");
    }
}
