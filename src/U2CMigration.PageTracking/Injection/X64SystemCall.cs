using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Injection;

/// <summary>Makes a stopped thread execute system calls. Everything that depends on x86-64 is in this file.</summary>
/// <remarks>
/// The call is made at an instruction that is already there (<see cref="EntryInstructions"/>): writing one into the program would leave a changed page behind.
/// Code that is 32-bit enters by <c>int 0x80</c>, or is taken to 64-bit code for the time of the call, which needs nothing but another code segment.
/// </remarks>
internal sealed unsafe class X64SystemCall
{
    internal const long CreateUserfaultfd = 323;
    internal const long Fcntl = 72;
    internal const long Flock = 73;
    private const long Close = 3;
    private const long CreateUserfaultfd32 = 374;
    private const long Close32 = 6;

    private const ulong UserCodeSegment64 = 0x33;
    private const ulong UserCodeSegment32 = 0x23;
    private readonly TracedThread _thread;
    private readonly bool _interrupts;
    private Registers _original;

    /// <summary>Remembers the registers of a stopped thread.</summary>
    internal X64SystemCall(TracedThread thread, EntryInstructions instructions)
    {
        _thread = thread;
        fixed (Registers* original = &_original)
        {
            thread.ReadRegisters(original);
        }

        // Each call by the way in which the code around it makes its own, where there is a choice.
        _interrupts = instructions.Interrupt != 0 && (instructions.Syscall == 0 || _original.CodeSegment != UserCodeSegment64);
        Instruction = _interrupts ? instructions.Interrupt : instructions.Syscall;
    }

    /// <summary>Whether calls have the numbers of 32-bit programs.</summary>
    internal bool UsesNumbersOf32Bit => _interrupts;

    /// <summary>The instruction that makes the calls.</summary>
    internal ulong Instruction { get; }

    /// <summary>Whether this machine's processes can be entered at all.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Where the thread would go on.</summary>
    internal ulong InstructionPointer => _original.InstructionPointer;

    /// <summary>The end of the thread's stack; below it, beyond what the ABI lets it use, is room for arguments.</summary>
    internal ulong StackPointer => _original.StackPointer;

    /// <summary>Creates a userfaultfd in the thread's process.</summary>
    /// <returns>The descriptor; below zero, a negated errno.</returns>
    internal long InvokeUserfaultfd(long flags) => Invoke(_interrupts ? CreateUserfaultfd32 : CreateUserfaultfd, flags);

    /// <summary>Closes a descriptor of the thread's process.</summary>
    internal void InvokeClose(long descriptor) => Invoke(_interrupts ? Close32 : Close, descriptor);

    /// <summary>Executes a call in the thread.</summary>
    /// <param name="number">The call, in the numbering of the code that makes it.</param>
    /// <param name="first">Its first argument.</param>
    /// <param name="second">Its second argument.</param>
    /// <param name="third">Its third argument.</param>
    /// <returns>What the kernel answered: below zero, a negated errno.</returns>
    internal long Invoke(long number, long first, long second = 0, long third = 0)
    {
        Registers registers = _original;

        // Without this the kernel takes the thread to be in the system call that it was stopped in, and restarts that one instead.
        registers.OriginalRax = ulong.MaxValue;
        registers.Rax = (ulong)number;
        registers.Rdi = registers.Rbx = (ulong)first;
        registers.Rsi = (ulong)second;
        registers.Rdx = (ulong)third;
        registers.Rcx = _interrupts ? (ulong)second : 0;
        registers.R10 = registers.R8 = registers.R9 = registers.Rbp = 0;
        registers.InstructionPointer = Instruction;
        registers.CodeSegment = _interrupts ? UserCodeSegment32 : UserCodeSegment64;
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
