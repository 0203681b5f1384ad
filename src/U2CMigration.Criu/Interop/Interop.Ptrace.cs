using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>ptrace(2), linux/ptrace.h: PTRACE_SEIZE (Linux 3.4), PTRACE_GETSIGMASK (3.11). Needs CAP_SYS_PTRACE, or a child that may be traced.</summary>
/// <remarks>The kernel accepts all calls only from the thread that attached; its end lets go of the target.</remarks>
internal static unsafe partial class Ptrace
{
    private const int SingleStepRequest = 9;
    private const int GetRegisters = 12;
    private const int SetRegisters = 13;
    private const int DetachRequest = 17;
    private const int ContinueRequest = 7;
    private const int SeizeRequest = 0x4206;
    private const int InterruptRequest = 0x4207;
    private const int GetSignalMask = 0x420a;
    private const int SetSignalMask = 0x420b;

    /// <summary>Takes hold of a running process without stopping it, and without a wish that it end with its tracer.</summary>
    internal static void Seize(int processId) => Check("PTRACE_SEIZE", SeizeRequest, processId, 0, 0);

    internal static void Interrupt(int processId) => Check("PTRACE_INTERRUPT", InterruptRequest, processId, 0, 0);

    internal static void Step(int processId) => Check("PTRACE_SINGLESTEP", SingleStepRequest, processId, 0, 0);

    internal static void Continue(int processId, int signal) => Check("PTRACE_CONT", ContinueRequest, processId, 0, signal);

    internal static void Read(int processId, out Registers registers)
    {
        fixed (Registers* target = &registers)
        {
            Check("PTRACE_GETREGS", GetRegisters, processId, 0, (nint)target);
        }
    }

    internal static void Write(int processId, in Registers registers)
    {
        fixed (Registers* source = &registers)
        {
            Check("PTRACE_SETREGS", SetRegisters, processId, 0, (nint)source);
        }
    }

    internal static ulong ReadSignalMask(int processId)
    {
        ulong mask;
        Check("PTRACE_GETSIGMASK", GetSignalMask, processId, sizeof(ulong), (nint)(&mask));
        return mask;
    }

    internal static void WriteSignalMask(int processId, ulong mask) => Check("PTRACE_SETSIGMASK", SetSignalMask, processId, sizeof(ulong), (nint)(&mask));

    /// <summary>Lets go; fails only when the process is gone.</summary>
    internal static void Detach(int processId) => _ = ptrace(DetachRequest, processId, 0, 0);

    private static void Check(string name, int request, int processId, nint address, nint data)
    {
        if (ptrace(request, processId, address, data) < 0)
        {
            throw new IOException($"{name} of process {processId} failed: {Errno.Describe(Marshal.GetLastPInvokeError())}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint ptrace(long request, long processId, nint address, nint data);

    /// <summary>struct user_regs_struct of sys/user.h on x86-64: 27 registers, 216 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Registers
    {
        internal ulong R15;
        internal ulong R14;
        internal ulong R13;
        internal ulong R12;
        internal ulong Rbp;
        internal ulong Rbx;
        internal ulong R11;
        internal ulong R10;
        internal ulong R9;
        internal ulong R8;
        internal ulong Rax;
        internal ulong Rcx;
        internal ulong Rdx;
        internal ulong Rsi;
        internal ulong Rdi;
        internal ulong OriginalRax;
        internal ulong InstructionPointer;
        internal ulong CodeSegment;
        internal ulong Flags;
        internal ulong StackPointer;
        internal ulong StackSegment;
        internal ulong FsBase;
        internal ulong GsBase;
        internal ulong DataSegment;
        internal ulong ExtraSegment;
        internal ulong FSegment;
        internal ulong GSegment;
    }
}
