using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using U2CMigration.Core.Guardians;
using U2CMigration.Criu;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Core.Filling;

/// <summary>A process of four kilobytes that keeps descriptors open by having them wait in the queue of a socket that it never reads; it lives outside our control groups.</summary>
internal sealed class FillHolder : IDisposable
{
    /// <summary>Under which name one is found that only holds.</summary>
    public const string Name = "u2c-fill-holder";

    /// <summary>And one that ends the processes when it is the last one that holds.</summary>
    public const string WardenName = "u2c-fill-warden";

    /// <summary>Where its socket is.</summary>
    public const int Channel = ProcessStarter.FirstDescriptor;

    /// <summary>Some twenty thousand descriptors.</summary>
    private const int QueueBytes = 16 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _end;
    private readonly WorkerProcess _process;

    private FillHolder(Socket end, WorkerProcess process) => (_end, _process) = (end, process);

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _process.Ended;

    /// <summary>The end to which descriptors are sent: as long as anyone has it, the holder is not alone.</summary>
    public SafeHandle End => _end.SafeHandle;

    /// <summary>Starts one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="migrationId">Whose descriptors it has; shown among its arguments.</param>
    /// <param name="alone">What it does when no one else is left and memory depends on it; nothing for one that keeps waiting.</param>
    /// <param name="settled">What it does when no one else is left and no memory depends on it.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static FillHolder Start(string name, Guid migrationId, GuardianScript alone, GuardianScript settled)
    {
        try
        {
            // The path names this process, as what is started has none of its other descriptors.
            string program = GuardianProgram.Path.Replace("/self/", string.Create(CultureInfo.InvariantCulture, $"/{Environment.ProcessId}/"), StringComparison.Ordinal);
            (Socket end, Microsoft.Win32.SafeHandles.SafeFileHandle peer) = SocketPair.Create(SocketPair.Stream);
            using (peer)
            {
                HeldMessages.Lengthen(end.SafeHandle, QueueBytes);
                end.Send(GuardianScript.ToBytes(name, alone, settled));
                var holder = new FillHolder(end, WorkerProcess.Start(program, [name, migrationId.ToString("N")], [peer]));
                int processId = holder._process.ProcessId;
                _ = Task.Run(() => GuardianGroup.TryTakeOut(processId));
                return holder;
            }
        }
        catch (Exception e) when (e is CriuException or SocketException)
        {
            throw new IOException($"The process that keeps the memory of the workload for the case that this one is killed cannot be started ({e.Message}). Let this program run programs from memory (vm.memfd_noexec) or from {Path.GetTempPath()}.", e);
        }
    }

    /// <summary>Gives it descriptors.</summary>
    /// <returns>False where it is gone, or has as many as it can.</returns>
    public bool TrySend(HeldLabel label, params ReadOnlySpan<SafeHandle> descriptors)
    {
        Span<byte> bytes = stackalloc byte[HeldLabel.Bytes];
        label.Write(bytes);
        return HeldMessages.TrySend(_end.SafeHandle, bytes, descriptors);
    }

    /// <summary>Ends it; when this returns, it holds nothing.</summary>
    public void Dispose()
    {
        _process.KillGroup();
        _process.Ended.Wait(Patience);
        _end.Dispose();
        GuardianGroup.RemoveIfEmpty();
    }
}
