using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Stub;

namespace U2CMigration.Criu.Rpc;

/// <summary>A restore that a container runtime has asked for, done when its images are there: the process that the runtime has started becomes CRIU, and this process stands between the two.</summary>
public sealed class RuntimeRestore : IAsyncDisposable
{
    private readonly RuntimeDialogue _runtime;
    private int _processId;
    private bool _answered;

    private RuntimeRestore(RuntimeDialogue runtime, HeldRestore restore) => (_runtime, Restore) = (runtime, restore);

    /// <summary>The restore, not begun.</summary>
    public HeldRestore Restore { get; }

    /// <summary>What the runtime asks for; for <see cref="U2CMigration.Criu.Options.CriuTaskOptions.Runtime"/> of the restore.</summary>
    public RuntimeRequest Request => _runtime.Request;

    /// <summary>Waits until a runtime asks for a restore; what it asks before is answered by the real CRIU.</summary>
    /// <param name="stub">The program that it takes for CRIU.</param>
    /// <param name="loggerFactory">Where to log; nowhere by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CriuException">It asks for something else.</exception>
    public static async Task<RuntimeRestore> WaitAsync(CriuStub stub, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stub);
        (RuntimeDialogue runtime, StubCall call) = await NextAsync(stub, RequestType.Restore, cancellationToken).ConfigureAwait(false);
        try
        {
            Socket own = await Task.Factory.StartNew(call.BecomeCriu, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            return new RuntimeRestore(runtime, HeldRestore.Of(CriuWorker.Adopt(call.ProcessId, own, loggerFactory), runtime));
        }
        catch
        {
            call.End(1);
            runtime.Dispose();
            throw;
        }
    }

    /// <summary>Waits until a runtime asks for a dump and answers that it is done. Nothing is dumped: this is how a runtime describes a container.</summary>
    /// <param name="stub">The program that it takes for CRIU.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What it asked for.</returns>
    /// <exception cref="CriuException">It asks for something else.</exception>
    /// <remarks>The runtime has to be told to leave the container running.</remarks>
    public static async Task<RuntimeRequest> DescribeAsync(CriuStub stub, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stub);
        (RuntimeDialogue runtime, StubCall call) = await NextAsync(stub, RequestType.Dump, cancellationToken).ConfigureAwait(false);
        using (runtime)
        {
            if (runtime.Request.ImagesDirectory.Length > 0)
            {
                // Runtimes look for it to see whether there is a checkpoint.
                await File.WriteAllTextAsync(Path.Combine(runtime.Request.ImagesDirectory, "inventory.img"), string.Empty, cancellationToken).ConfigureAwait(false);
            }

            await runtime.CompleteDumpAsync().ConfigureAwait(false);
            call.End(0);
            return runtime.Request;
        }
    }

    /// <summary>Has the runtime take the steps of the restore that were kept from it. To be called when CRIU was let finish; the tree may be frozen.</summary>
    /// <exception cref="CriuException">CRIU has failed, the runtime does not agree, or is gone.</exception>
    public async Task PrepareAsync()
    {
        _processId = await Restore.Completion.ConfigureAwait(false);
        await _runtime.CatchUpAsync().ConfigureAwait(false);
    }

    /// <summary>Says to the runtime that the container is restored, which it has in its books from then on. A runtime may enter the control groups of the container now, where it stops if they are frozen.</summary>
    /// <remarks>Waits for nothing: the runtime finds the answer even if this process ends right after. One that is gone cannot hear it, which is no error here.</remarks>
    public void Commit()
    {
        _answered = true;
        _runtime.SayRestored(_processId);
    }

    /// <summary>Ends the restore as <see cref="HeldRestore.DisposeAsync"/> does, and tells the runtime that it has failed unless it was told otherwise.</summary>
    public async ValueTask DisposeAsync()
    {
        await Restore.DisposeAsync().ConfigureAwait(false);
        if (!_answered)
        {
            _answered = true;
            await _runtime.RefuseAsync().ConfigureAwait(false);
        }

        _runtime.Dispose();
    }

    private static async Task<(RuntimeDialogue Runtime, StubCall Call)> NextAsync(CriuStub stub, RequestType wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            StubCall call = await stub.NextAsync(cancellationToken).ConfigureAwait(false);
            Socket socket = call.TakeSocket();
            RequestType type = await Task.Factory.StartNew(() => RuntimeDialogue.Peek(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            if (type == wanted)
            {
                return (RuntimeDialogue.Take(socket), call);
            }

            socket.Dispose();
            if (type is RequestType.Version or RequestType.FeatureCheck or RequestType.Check)
            {
                call.PassOn();
                continue;
            }

            call.End(1);
            throw new CriuException($"The container runtime asks CRIU for {CriuFailure.NameOf(type)} where {CriuFailure.NameOf(wanted)} was expected.", CriuFailure.NameOf(wanted));
        }
    }
}
