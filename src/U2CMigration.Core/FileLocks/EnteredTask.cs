using System.Globalization;
using System.Runtime.InteropServices;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.Core.FileLocks;

/// <summary>
/// A restored task that waits for CRIU, made to do what only its own code can: take its file locks (record locks belong to a process, and the others show in lslocks(8) who took them),
/// give itself attributes. All calls must come from one operating system thread.
/// </summary>
/// <remarks>The call is made at the instruction at which the task waits, so nothing of the program is touched and no vDSO is needed.</remarks>
internal sealed unsafe class EnteredTask
{
    private const int InstructionBytes = 2;

    /// <summary>Below the 128 bytes that the ABI lets a function use without moving the stack pointer.</summary>
    private const ulong ArgumentDistance = 1024;

    private readonly int _processId;
    private readonly TracedThread _thread;
    private readonly X64SystemCall _call;
    private readonly ulong _mask;

    private EnteredTask(int processId, TracedThread thread, X64SystemCall call)
    {
        (_processId, _thread, _call) = (processId, thread, call);
        _mask = thread.ReadSignalMask();
        thread.WriteSignalMask(ulong.MaxValue);
    }

    /// <summary>Whether tasks can be entered on this machine.</summary>
    public static bool IsSupported => X64SystemCall.IsSupported;

    /// <summary>Stops a task where it waits.</summary>
    /// <exception cref="PageTrackingException">It is gone, or traced, or does not wait in a system call.</exception>
    public static EnteredTask Enter(int processId)
    {
        TracedThread thread = TracedThread.Seize(processId);
        try
        {
            thread.Stop(UserfaultfdInjection.Patience);
            X64SystemCall.Registers registers;
            thread.ReadRegisters(&registers);
            ulong instruction = registers.InstructionPointer - InstructionBytes;
            Span<byte> code = stackalloc byte[InstructionBytes];
            if (!RemoteWords.TryRead(processId, instruction, code) || EntryInstructions.FindSyscall(code) != 0)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The restored process {processId} does not wait in a system call."));
            }

            return new EnteredTask(processId, thread, new X64SystemCall(thread, new EntryInstructions(instruction, Interrupt: 0)));
        }
        catch
        {
            thread.Detach();
            throw;
        }
    }

    /// <summary>Calls fcntl(2) with a number.</summary>
    /// <returns>0 or the errno.</returns>
    public int Control(int descriptor, int command, long argument) => ErrorOf(_call.Invoke(X64SystemCall.Fcntl, descriptor, command, argument));

    /// <summary>Calls flock(2).</summary>
    /// <returns>0 or the errno.</returns>
    public int LockWhole(int descriptor, bool exclusive) => ErrorOf(_call.Invoke(X64SystemCall.Flock, descriptor, FileLockCalls.WholeLock(exclusive)));

    /// <summary>Calls fcntl(2) with a lock.</summary>
    /// <returns>0 or the errno.</returns>
    public int SetLock(int descriptor, FileLockCalls.RecordLock range) =>
        Control(descriptor, FileLockCalls.SetLock, Place(MemoryMarshal.AsBytes(new ReadOnlySpan<FileLockCalls.RecordLock>(in range))));

    /// <summary>Makes any system call.</summary>
    /// <param name="number">Its number for 64-bit programs.</param>
    /// <param name="first">Its first argument.</param>
    /// <param name="second">Its second argument.</param>
    /// <param name="third">Its third argument; the others are 0.</param>
    /// <returns>What the kernel answered: below zero, a negated errno.</returns>
    public long Call(long number, long first, long second = 0, long third = 0) => _call.Invoke(number, first, second, third);

    /// <summary>Puts an argument into memory that the task does not need: the stack of CRIU's code.</summary>
    /// <returns>Its address, until the next one is placed.</returns>
    public long Place(ReadOnlySpan<byte> argument)
    {
        ulong address = (_call.StackPointer - ArgumentDistance) & ~0xFUL;
        using var memory = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{_processId}/mem"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(memory, argument, (long)address);
        return (long)address;
    }

    private static int ErrorOf(long answer) => (int)Math.Max(0, -answer);

    /// <summary>Lets the task wait on as if nothing had been.</summary>
    public void Leave()
    {
        try
        {
            _thread.LeaveSystemCall();
            _call.Restore();
            _thread.WriteSignalMask(_mask);
        }
        finally
        {
            _thread.Detach();
        }
    }
}
