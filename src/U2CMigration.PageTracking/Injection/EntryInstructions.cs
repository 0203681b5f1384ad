using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.Injection;

/// <summary>Where a process has an instruction that enters the kernel: any will do, as no other instruction of the program is executed.</summary>
/// <param name="Syscall">A <c>syscall</c>, or 0.</param>
/// <param name="Interrupt">An <c>int 0x80</c> below 4 GiB, where 32-bit code can reach it, or 0.</param>
internal readonly record struct EntryInstructions(ulong Syscall, ulong Interrupt)
{
    private const int PieceBytes = 1 << 16;
    private const ulong CompatibilityLimit = 1UL << 32;

    private static ReadOnlySpan<byte> SyscallCode => [0x0F, 0x05];

    private static ReadOnlySpan<byte> InterruptCode => [0xCD, 0x80];

    internal bool Any => (Syscall | Interrupt) != 0;

    /// <summary>Looks for them in the vDSO; in a process without one, in its program and libraries, and last in code that it made itself.</summary>
    /// <exception cref="PageTrackingException">The process has ended, or has none.</exception>
    internal static EntryInstructions Find(int processId)
    {
        EntryInstructions found = FindNow(processId);
        if (!found.Any)
        {
            // A program that is being executed has no code yet, for some microseconds.
            Thread.Sleep(1);
            found = FindNow(processId);
        }

        return found.Any
            ? found
            : throw new PageTrackingException($"Process {processId} has no readable code with a system call instruction, so it can not be entered to create a userfaultfd. The process is as it was.");
    }

    private static EntryInstructions FindNow(int processId)
    {
        List<(ulong Start, ulong End)> files = [];
        List<(ulong Start, ulong End)> others = [];
        using MapsReader maps = MapsReader.Open(processId);
        bool exists = false;
        while (maps.TryRead(out MapsLine line))
        {
            exists = true;
            if ((line.Protection & MemoryProtection.Execute) == 0)
            {
                continue;
            }

            if (line.Path.SequenceEqual("[vdso]"u8) && FindIn(processId, line.Start, line.End) is { Any: true } found)
            {
                return found;
            }

            // Others than these may change at any moment.
            (line.IsAnonymous ? others : files).Add((line.Start, line.End));
        }

        foreach ((ulong start, ulong end) in files.Concat(others))
        {
            if (FindIn(processId, start, end) is { Any: true } found)
            {
                return found;
            }
        }

        return exists ? default : throw SystemCallFailure.Ended(processId);
    }

    /// <summary>Whether an instruction is still where it was found: to be asked while the thread is held that is to execute it.</summary>
    internal static bool IsAt(int processId, ulong address)
    {
        Span<byte> code = stackalloc byte[2];
        return RemoteWords.TryRead(processId, address, code) && (code.SequenceEqual(SyscallCode) || code.SequenceEqual(InterruptCode));
    }

    /// <summary>The offset of a <c>syscall</c> instruction in machine code, or -1.</summary>
    internal static int FindSyscall(ReadOnlySpan<byte> code) => code.IndexOf(SyscallCode);

    private static EntryInstructions FindIn(int processId, ulong start, ulong end)
    {
        byte[] piece = new byte[PieceBytes];
        EntryInstructions found = default;

        // Pieces overlap by a byte, for an instruction may lie across.
        for (ulong at = start; at + 1 < end && found.Syscall == 0; at += PieceBytes - 1)
        {
            Span<byte> code = piece.AsSpan(0, (int)Math.Min(PieceBytes, end - at));
            if (!RemoteWords.TryRead(processId, at, code))
            {
                break;
            }

            int syscall = FindSyscall(code);
            int interrupt = found.Interrupt == 0 ? code.IndexOf(InterruptCode) : -1;
            found = new EntryInstructions(
                syscall < 0 ? 0 : at + (ulong)syscall,
                interrupt >= 0 && at + (ulong)interrupt + 2 <= CompatibilityLimit ? at + (ulong)interrupt : found.Interrupt);
        }

        return found;
    }
}
