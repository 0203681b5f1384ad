using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Tests.Interop;

/// <summary>Sizes and numbers against how the kernel's headers make them: _IOC(direction, type, number, size).</summary>
public sealed unsafe class KernelAbiTests
{
    private const uint Write = 1;
    private const uint Read = 2;

    public static TheoryData<string, uint, uint, uint, uint, int> Ioctls() => new()
    {
        { nameof(UFFDIO_API), UFFDIO_API, Read | Write, 0xAA, 0x3F, sizeof(UffdioApi) },
        { nameof(UFFDIO_REGISTER), UFFDIO_REGISTER, Read | Write, 0xAA, 0x00, sizeof(UffdioRegister) },
        { nameof(UFFDIO_UNREGISTER), UFFDIO_UNREGISTER, Read, 0xAA, 0x01, sizeof(UffdioRange) },
        { nameof(UFFDIO_WRITEPROTECT), UFFDIO_WRITEPROTECT, Read | Write, 0xAA, 0x06, sizeof(UffdioWriteProtect) },
        { nameof(PAGEMAP_SCAN), PAGEMAP_SCAN, Read | Write, 'f', 16, sizeof(PagemapScanArguments) },
        { nameof(PROCMAP_QUERY), PROCMAP_QUERY, Read | Write, 'f', 17, sizeof(ProcmapQueryArguments) },
    };

    public static TheoryData<string, int, int> Sizes() => new()
    {
        { "struct uffdio_api", sizeof(UffdioApi), 24 },
        { "struct uffdio_range", sizeof(UffdioRange), 16 },
        { "struct uffdio_register", sizeof(UffdioRegister), 32 },
        { "struct uffdio_writeprotect", sizeof(UffdioWriteProtect), 24 },
        { "struct pm_scan_arg", sizeof(PagemapScanArguments), 96 },
        { "struct page_region", sizeof(PageRegion), 24 },
        { "struct procmap_query", sizeof(ProcmapQueryArguments), 104 },
        { "struct iovec", sizeof(IoVector), 16 },
        { "siginfo_t", sizeof(SignalInformation), 128 },
        { "struct ptrace_rseq_configuration", sizeof(RseqConfiguration), 24 },
        { "struct sigaction", sizeof(SignalActionArguments), 152 },
        { "struct user_regs_struct", sizeof(X64SystemCall.Registers), 216 },
        { "struct ptrace_sud_config", sizeof(DispatchConfiguration), 32 },
    };

    [Theory]
    [MemberData(nameof(Ioctls))]
    public void Ioctl_Number_IsMadeOfDirectionTypeNumberAndSize(string name, uint actual, uint direction, uint type, uint number, int size) =>
        actual.Should().Be((direction << 30) | ((uint)size << 16) | (type << 8) | number, name);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Structure_Size_IsThatOfTheKernel(string name, int actual, int expected) => actual.Should().Be(expected, name);

    [Fact]
    public void PtraceStop_SystemCall_IsToldFromATrap()
    {
        StopReason[] reasons = [StopReason.Of(SIGTRAP, SIGTRAP | 0x80), StopReason.Of(SIGTRAP, 128), StopReason.Of(SIGTRAP, SIGTRAP | (128 << 8)), StopReason.Of(19, -6)];

        reasons.Should().Equal(
            new StopReason(IsEvent: false, IsSystemCall: true, Signal: 0),
            new StopReason(IsEvent: false, IsSystemCall: false, Signal: SIGTRAP),
            new StopReason(IsEvent: true, IsSystemCall: false, Signal: 0),
            new StopReason(IsEvent: false, IsSystemCall: false, Signal: 19));
    }

    [Theory]
    [InlineData(new byte[] { 0x90, 0x0F, 0x05, 0xC3 }, 1)]
    [InlineData(new byte[] { 0x0F, 0x04, 0x05 }, -1)]
    [InlineData(new byte[] { }, -1)]
    public void FindSyscall_Code_GivesTheFirstSystemCall(byte[] code, int expected) => EntryInstructions.FindSyscall(code).Should().Be(expected);

    [Fact]
    public void Ended_Message_AnswersWhatIsLeftToDo() =>
        SystemCallFailure.Ended(42).Message.Should().Be("Process 42 has ended. There is nothing left to track or read.");
}
