using System.Diagnostics;
using System.Runtime.InteropServices;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Hiding;

/// <summary>A child that was stopped in a system call and executes others before it continues with that one. All calls must come from the thread that stopped it.</summary>
/// <remarks>
/// Should this process end in the middle of a call, the child continues with strange registers and dies of it; the tasks that it has seized run on then. The window is below a millisecond.
/// Without PTRACE_O_EXITKILL, so that at most other moments the child sees its socket closed and undoes what it did.
/// </remarks>
internal sealed class StoppedWorker : IDisposable
{
    internal const long OpenAt = 257;
    internal const long Duplicate = 292;
    internal const long Close = 3;
    internal const long GetProcessId = 39;

    private const int Trap = 5;
    private const int StopEvent = 128;

    /// <summary>So many without a pause: it is microseconds from where it waits. On a busy machine it is interrupted again before it has executed anything, and comes no further in that way.</summary>
    private const int HastyAttempts = 50;
    private const int InstructionBytes = 2;

    /// <summary>Below what the program may use under its stack pointer (the red zone).</summary>
    private const ulong ScratchBelowStack = 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly int _processId;
    private readonly ulong _signalMask;
    private readonly Ptrace.Registers _original;

    private StoppedWorker(int processId, in Ptrace.Registers original)
    {
        _processId = processId;
        _original = original;
        _signalMask = Ptrace.ReadSignalMask(processId);

        // No handler may run while the registers are ours.
        Ptrace.WriteSignalMask(processId, ulong.MaxValue);
    }

    /// <summary>Whether processes of this machine can be made to execute calls.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Stops a child that waits for a request, or will in a moment.</summary>
    /// <exception cref="IOException">It is gone, must not be traced, or does not wait.</exception>
    internal static StoppedWorker Stop(int processId)
    {
        Ptrace.Seize(processId);
        try
        {
            long started = Stopwatch.GetTimestamp();
            for (int attempt = 0; attempt < HastyAttempts || Stopwatch.GetElapsedTime(started) < Patience; attempt++)
            {
                Ptrace.Interrupt(processId);
                WaitForEvent(processId);
                Ptrace.Read(processId, out Ptrace.Registers registers);
                if (IsInSystemCall(processId, registers))
                {
                    return new StoppedWorker(processId, registers);
                }

                // It has sent its notification and does not wait for the answer yet.
                Ptrace.Continue(processId, 0);
                Thread.Sleep(attempt < HastyAttempts ? 0 : 1);
            }

            throw new IOException($"Process {processId} was not found waiting in a system call.");
        }
        catch
        {
            Ptrace.Detach(processId);
            throw;
        }
    }

    /// <summary>Puts a text where calls can find it; the next one takes its place.</summary>
    /// <returns>Its address.</returns>
    internal ulong Place(ReadOnlySpan<byte> text)
    {
        ulong address = _original.StackPointer - ScratchBelowStack;
        RemoteMemory.Write(_processId, address, text);
        return address;
    }

    /// <summary>Executes a system call.</summary>
    /// <returns>What the kernel answered: below zero, a negated errno.</returns>
    internal long Call(long number, long first = 0, long second = 0, long third = 0)
    {
        Ptrace.Registers registers = _original;

        // Without this the kernel takes the thread to be in the call that it was stopped in, and restarts that one instead.
        registers.OriginalRax = ulong.MaxValue;
        registers.Rax = (ulong)number;
        registers.Rdi = (ulong)first;
        registers.Rsi = (ulong)second;
        registers.Rdx = (ulong)third;
        registers.R10 = registers.R8 = registers.R9 = 0;
        registers.InstructionPointer = _original.InstructionPointer - InstructionBytes;
        Ptrace.Write(_processId, registers);
        Ptrace.Step(_processId);
        int stop = ChildStop.Wait(_processId);
        if ((stop & 0xff) != Trap)
        {
            throw new IOException($"Process {_processId} was stopped by signal {stop & 0xff} in the middle of a call.");
        }

        Ptrace.Read(_processId, out registers);
        return (long)registers.Rax;
    }

    /// <summary>Lets the child continue with the call that it was stopped in; the kernel restarts it.</summary>
    public void Dispose()
    {
        try
        {
            Ptrace.Write(_processId, _original);
            Ptrace.WriteSignalMask(_processId, _signalMask);
        }
        catch (IOException)
        {
            // It was killed meanwhile.
        }

        Ptrace.Detach(_processId);
    }

    private static void WaitForEvent(int processId)
    {
        int stop = ChildStop.Wait(processId);
        while (stop >> 8 != StopEvent)
        {
            // A signal came first: let it have that. The interruption is still pending.
            Ptrace.Continue(processId, stop & 0xff);
            stop = ChildStop.Wait(processId);
        }
    }

    private static bool IsInSystemCall(int processId, in Ptrace.Registers registers)
    {
        Span<byte> instruction = stackalloc byte[InstructionBytes];
        return (long)registers.OriginalRax >= 0
            && RemoteMemory.TryRead(processId, registers.InstructionPointer - InstructionBytes, instruction)
            && instruction.SequenceEqual((ReadOnlySpan<byte>)[0x0F, 0x05]);
    }
}
