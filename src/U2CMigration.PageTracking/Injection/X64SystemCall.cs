using System.Globalization;
using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.Injection;

/// <summary>Makes a stopped thread execute system calls. Everything that depends on x86-64 is in this file.</summary>
/// <remarks>
/// The call is made at a <c>syscall</c> instruction that is already there, in the vDSO: writing one into the program would leave a changed page behind.
/// </remarks>
internal sealed unsafe class X64SystemCall
{
    internal const long Close = 3;
    internal const long Fcntl = 72;
    internal const long Flock = 73;
    internal const long CreateUserfaultfd = 323;

    private const ulong UserCodeSegment64 = 0x33;
    private readonly TracedThread _thread;
    private readonly ulong _instruction;
    private Registers _original;

    /// <summary>Remembers the registers of a stopped thread.</summary>
    /// <exception cref="PageTrackingException">It runs 32-bit code.</exception>
    internal X64SystemCall(TracedThread thread, int processId, ulong instruction)
    {
        _thread = thread;
        _instruction = instruction;
        fixed (Registers* original = &_original)
        {
            thread.ReadRegisters(original);
        }

        if (_original.CodeSegment != UserCodeSegment64)
        {
            throw new PageTrackingException(string.Create(
                CultureInfo.InvariantCulture,
                $"Process {processId} runs 32-bit code, which can not be tracked by write-protection. The process is as it was."));
        }
    }

    private static ReadOnlySpan<byte> Instruction => [0x0F, 0x05];

    /// <summary>Whether this machine's processes can be entered at all.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Where the thread would go on.</summary>
    internal ulong InstructionPointer => _original.InstructionPointer;

    /// <summary>The end of the thread's stack; below it, beyond what the ABI lets it use, is room for arguments.</summary>
    internal ulong StackPointer => _original.StackPointer;

    /// <summary>The offset of a <c>syscall</c> instruction in machine code, or -1.</summary>
    internal static int FindInstruction(ReadOnlySpan<byte> code) => code.IndexOf(Instruction);

    /// <summary>Whether there is one at an address of a process.</summary>
    internal static bool IsInstructionAt(int processId, ulong address)
    {
        Span<byte> code = stackalloc byte[2];
        return RemoteWords.TryRead(processId, address, code) && code.SequenceEqual(Instruction);
    }

    /// <summary>Executes a call in the thread.</summary>
    /// <returns>What the kernel answered: below zero, a negated errno.</returns>
    internal long Invoke(long number, long first, long second = 0, long third = 0)
    {
        Registers registers = _original;

        // Without this the kernel takes the thread to be in the system call that it was stopped in, and restarts that one instead.
        registers.OriginalRax = ulong.MaxValue;
        registers.Rax = (ulong)number;
        registers.Rdi = (ulong)first;
        registers.Rsi = (ulong)second;
        registers.Rdx = (ulong)third;
        registers.R10 = registers.R8 = registers.R9 = 0;
        registers.InstructionPointer = _instruction;
        _thread.WriteRegisters(&registers);
        _thread.RunToSystemCall();
        _thread.RunToSystemCall();
        _thread.ReadRegisters(&registers);
        return (long)registers.Rax;
    }

    /// <summary>Gives the registers back; the thread must be stopped where it handles signals, so that the kernel restarts an interrupted call by itself.</summary>
    internal void Restore()
    {
        Registers original = _original;
        _thread.WriteRegisters(&original);
    }

    /// <summary>struct user_regs_struct of sys/user.h: 27 registers, 216 bytes.</summary>
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
