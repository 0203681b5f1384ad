using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Hiding;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Stub;

/// <summary>A call of a container runtime for CRIU: a process that waits to be told what to become.</summary>
/// <param name="stub">Where it was called.</param>
/// <param name="processId">The process: the script, and later CRIU.</param>
/// <param name="descriptor">The number of the runtime's socket in it.</param>
internal sealed class StubCall(CriuStub stub, int processId, int descriptor)
{
    private const long OpenProcess = 434;
    private const long GetDescriptor = 438;

    internal int ProcessId => processId;

    /// <summary>Takes the runtime's socket as well; the call keeps it.</summary>
    /// <exception cref="IOException">The call is gone, or may not be traced.</exception>
    internal Socket TakeSocket()
    {
        using SafeFileHandle process = PidFd.Open(processId);
        return new Socket(new SafeSocketHandle(PidFd.TakeDescriptor(process, descriptor), ownsHandle: true));
    }

    /// <summary>The call becomes the real CRIU, which talks to the runtime itself.</summary>
    internal void PassOn() => stub.Tell("exec");

    /// <summary>The call ends.</summary>
    internal void End(int code) => stub.Tell($"exit {code}");

    /// <summary>The call becomes the real CRIU, in the same process: same parent, control groups and open files, but with another socket in the place of the runtime's. Not on a thread of the pool.</summary>
    /// <returns>The other end of that socket.</returns>
    /// <exception cref="IOException">The call is gone, or may not be traced.</exception>
    internal Socket BecomeCriu()
    {
        if (!StoppedWorker.IsSupported)
        {
            throw new IOException("The socket of a container runtime can be exchanged on x86-64 only.");
        }

        (Socket own, SafeFileHandle peer) = SocketPair.Create(SocketPair.SequencedPacket);
        using (peer)
        {
            try
            {
                using (var shell = StoppedWorker.Stop(processId))
                {
                    long us = Check(shell.Call(OpenProcess, Environment.ProcessId), "pidfd_open");
                    long taken = Check(shell.Call(GetDescriptor, us, (int)peer.DangerousGetHandle()), "pidfd_getfd");
                    Check(shell.Call(StoppedWorker.Duplicate, taken, descriptor), "dup3");
                    Check(shell.Call(StoppedWorker.Close, taken), "close");
                    Check(shell.Call(StoppedWorker.Close, us), "close");
                }

                PassOn();
                return own;
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }
    }

    private long Check(long result, string call) => result >= 0 ? result : throw new IOException($"{call} in process {processId}, which stands for CRIU, failed: {Errno.Describe((int)-result)}.");
}
