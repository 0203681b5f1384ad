// seccomp(2) with user notification: seccomp_unotify(2), linux/seccomp.h, linux/filter.h. Linux 5.5 (continue), 5.14 (answer with a descriptor in one step).
// Needs CAP_SYS_ADMIN, as no_new_privs would be inherited by the programs that CRIU starts.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>A filter of system calls whose decisions another process makes.</summary>
internal static unsafe partial class Seccomp
{
    internal const uint NotifReceive = 0xC0502100;
    internal const uint NotifSend = 0xC0182101;
    internal const uint NotifAddDescriptor = 0x40182103;
    internal const uint NotifSetFlags = 0x40082104;

    /// <summary>SECCOMP_USER_NOTIF_FLAG_CONTINUE: the call goes on as if there were no filter.</summary>
    internal const uint Continue = 1;

    /// <summary>SECCOMP_ADDFD_FLAG_SEND: the new descriptor is the result of the call.</summary>
    internal const uint SendDescriptor = 2;

    /// <summary>SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (Linux 6.6): the waiting task is woken on the processor of the one that answers.</summary>
    private const ulong SynchronousWakeUp = 1;

    private const int SetModeFilter = 1;
    private const int NewListener = 8;

    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort And = 0x54;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7fff0000;
    private const uint Notify = 0x7fc00000;

    private const int CallOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int FirstArgumentOffset = 16;
    private const int ThirdArgumentOffset = 32;
    private const uint CurrentDirectory = unchecked((uint)-100);
    private const uint AccessBits = ~0x88000u; // all but O_CLOEXEC and O_LARGEFILE

    /// <summary>
    /// From now on the calling thread, and all that it starts, asks the returned listener for each openat(2) that reads a file relative to an open directory.
    /// </summary>
    /// <returns>The listener; invalid when the kernel has no such filter or this process may not set one up.</returns>
    internal static SafeFileHandle FilterRelativeOpens()
    {
        (uint architecture, uint openat, nint seccomp) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (0xC000003Eu, 257u, (nint)317),
            Architecture.Arm64 => (0xC00000B7u, 56u, 277),
            _ => (0u, 0u, 0),
        };
        if (seccomp == 0)
        {
            return new SafeFileHandle(-1, ownsHandle: false);
        }

        // Jumps are relative to the next instruction.
        Span<Instruction> instructions =
        [
            new(LoadWord, ArchitectureOffset),
            new(JumpIfEqual, architecture, 0, 7),
            new(LoadWord, CallOffset),
            new(JumpIfEqual, openat, 0, 5),
            new(LoadWord, FirstArgumentOffset),
            new(JumpIfEqual, CurrentDirectory, 3, 0),
            new(LoadWord, ThirdArgumentOffset),
            new(And, AccessBits),
            new(JumpIfEqual, 0, 1, 0),
            new(Return, Allow),
            new(Return, Notify),
        ];
        fixed (Instruction* first = instructions)
        {
            var program = new FilterProgram { Length = (ushort)instructions.Length, Instructions = first };
            var listener = new SafeFileHandle(syscall(seccomp, SetModeFilter, NewListener, (nint)(&program)), ownsHandle: true);
            ulong flags = SynchronousWakeUp;
            _ = listener.IsInvalid ? 0 : ioctl(listener, NotifSetFlags, &flags); // older kernels are a little slower
            return listener;
        }
    }

    /// <summary>Takes the next question; false when the one who asked is gone.</summary>
    internal static bool TryReceive(SafeFileHandle listener, out Question question)
    {
        question = default;
        fixed (Question* pointer = &question)
        {
            return ioctl(listener, NotifReceive, pointer) == 0;
        }
    }

    /// <summary>Lets the call go on.</summary>
    internal static void LetContinue(SafeFileHandle listener, ulong id)
    {
        var answer = new Answer { Id = id, Flags = Continue };
        _ = ioctl(listener, NotifSend, &answer); // fails when the one who asked is gone
    }

    /// <summary>Answers the call with a copy of a descriptor; false when this kernel can not, or the one who asked is gone.</summary>
    internal static bool TryAnswer(SafeFileHandle listener, ulong id, SafeFileHandle descriptor)
    {
        var answer = new DescriptorAnswer { Id = id, Flags = SendDescriptor, Source = (uint)descriptor.DangerousGetHandle() };
        return ioctl(listener, NotifAddDescriptor, &answer) >= 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint operation, nint flags, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, void* argument);

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, uint operand, byte ifTrue = 0, byte ifFalse = 0)
    {
        private readonly ushort _code = code;
        private readonly byte _ifTrue = ifTrue;
        private readonly byte _ifFalse = ifFalse;
        private readonly uint _operand = operand;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        internal ushort Length;
        internal Instruction* Instructions;
    }

    /// <summary>struct seccomp_notif: a system call that waits for an answer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Question
    {
        internal ulong Id;
        internal int ThreadId;
        internal uint Flags;
        internal int Call;
        internal uint Architecture;
        internal ulong InstructionPointer;
        internal ulong Directory;
        internal ulong Path;
        internal ulong OpenFlags;
        internal fixed ulong Unused[3];
    }

    /// <summary>struct seccomp_notif_resp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Answer
    {
        internal ulong Id;
        internal long Value;
        internal int Error;
        internal uint Flags;
    }

    /// <summary>struct seccomp_notif_addfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DescriptorAnswer
    {
        internal ulong Id;
        internal uint Flags;
        internal uint Source;
        internal uint Target;
        internal uint TargetFlags;
    }
}
