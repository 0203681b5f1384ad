using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Hiding;

/// <summary>
/// Lets a CRIU worker take files for empty whose content travels on another way: where it asks the kernel for the next data of such a file, it is made to ask behind the end, and hears that there is none.
/// </summary>
/// <remarks>
/// <para>CRIU asks so (lseek with SEEK_DATA) before it copies shared memory. It stops for us at that one function of its C library by a hardware breakpoint: nothing in it is changed, it needs no filter of system
/// calls, which would keep it from dumping tasks that have one, and children that it starts do not have the breakpoint. All other questions are left as they are.</para>
/// <para>If this process dies the breakpoint goes with it, and the worker continues until it finds that nobody answers, and undoes what it did.</para>
/// </remarks>
internal sealed class OmittedContent : IDisposable
{
    private const int Trap = 5;
    private const int Urgent = 23; // SIGURG, which is ignored by default
    private const int StopEvent = 128;
    private const int SeekData = 3;
    private const int MostBreakpoints = 4;
    private const ulong ResumeFlag = 1 << 16;

    /// <summary>As long as a file can be: behind the end of each.</summary>
    private const ulong BehindEveryEnd = long.MaxValue;

    private readonly int _workerId;
    private readonly Func<string, bool> _omits;
    private readonly ulong[] _addresses;
    private readonly SafeFileHandle _worker;
    private readonly List<SafeFileHandle> _breakpoints = [];
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _begun = new();
    private Exception? _failure;
    private volatile bool _ending;

    private OmittedContent(int workerId, ulong[] addresses, Func<string, bool> omits)
    {
        _workerId = workerId;
        _addresses = addresses;
        _omits = omits;
        _worker = PidFd.Open(workerId);
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "criu omitted content" };
        _thread.Start();
        _begun.Wait();
    }

    /// <summary>How many times CRIU was told that a file is empty.</summary>
    internal int Omitted { get; private set; }

    /// <summary>Runs through it once, on a waiting process of the same program, so that everything is found and compiled before it is needed.</summary>
    internal static void Rehearse(int processId, ILogger logger) => TryStart(processId, static _ => false, logger)?.Dispose();

    /// <summary>Begins with a worker that waits for an answer.</summary>
    /// <param name="workerId">The worker, a child of this process.</param>
    /// <param name="omits">Asked with the path of a descriptor, on a thread of its own: whether CRIU is to find nothing there.</param>
    /// <param name="logger">Is told why it is not possible.</param>
    /// <returns>Null where it is not possible: CRIU copies everything then.</returns>
    internal static OmittedContent? TryStart(int workerId, Func<string, bool> omits, ILogger logger)
    {
        if (!StoppedWorker.IsSupported)
        {
            return null;
        }

        try
        {
            ulong[] addresses = AddressesIn(workerId);
            if (addresses.Length is 0 or > MostBreakpoints)
            {
                logger.ContentNotOmitted($"lseek was found {addresses.Length} times in the program");
                return null;
            }

            var omitted = new OmittedContent(workerId, addresses, omits);
            if (omitted._failure is null)
            {
                return omitted;
            }

            logger.ContentNotOmitted(omitted._failure.Message);
            omitted.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.ContentNotOmitted(e.Message);
        }

        return null;
    }

    /// <summary>Ends it, when CRIU waits again or is gone.</summary>
    public void Dispose()
    {
        _ending = true;
        PidFd.TrySignal(_worker, Urgent);
        _thread.Join();
        _worker.Dispose();
        _begun.Dispose();
    }

    private static ulong[] AddressesIn(int processId) => LibrarySymbol.AddressesOf(processId, "lseek64", "lseek", "llseek");

    private void Run()
    {
        bool attached = false;
        try
        {
            Ptrace.Seize(_workerId);
            attached = true;
            Ptrace.Interrupt(_workerId);
            Begin();
            _begun.Set();
            while (Step(ChildStop.Wait(_workerId)))
            {
            }
        }
        catch (Exception e)
        {
            // It ended, or may not be traced. Where it was killed in the middle there is nothing left to do for it.
            _failure = e;
            _breakpoints.ForEach(static breakpoint => breakpoint.Dispose());
            if (attached)
            {
                Ptrace.Detach(_workerId);
            }
        }
        finally
        {
            _begun.Set();
        }
    }

    private void Begin()
    {
        int stop;
        while ((stop = ChildStop.Wait(_workerId)) >> 8 != StopEvent)
        {
            Ptrace.Continue(_workerId, stop & 0xff);
        }

        foreach (ulong address in _addresses)
        {
            _breakpoints.Add(PerfEvents.BreakAt(_workerId, address));
        }

        Ptrace.Continue(_workerId, 0);
    }

    /// <returns>False when the worker was let go.</returns>
    private bool Step(int stop)
    {
        int signal = stop >> 8 == 0 ? stop & 0xff : 0;
        if (signal == Urgent && _ending)
        {
            _breakpoints.ForEach(static breakpoint => breakpoint.Dispose());
            Ptrace.Detach(_workerId);
            return false;
        }

        if (signal == Trap)
        {
            Ptrace.Read(_workerId, out Ptrace.Registers registers);
            if (_addresses.AsSpan().Contains(registers.InstructionPointer))
            {
                Answer(ref registers);
                signal = 0;
            }
        }

        Ptrace.Continue(_workerId, signal);
        return true;
    }

    private void Answer(ref Ptrace.Registers registers)
    {
        if ((int)registers.Rdx == SeekData && _omits(string.Create(CultureInfo.InvariantCulture, $"/proc/{_workerId}/fd/{(int)registers.Rdi}")))
        {
            registers.Rsi = BehindEveryEnd;
            Omitted++;
        }

        // Or it would stop at the same instruction again.
        registers.Flags |= ResumeFlag;
        Ptrace.Write(_workerId, registers);
    }
}
