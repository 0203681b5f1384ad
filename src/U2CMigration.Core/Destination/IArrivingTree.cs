using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Files;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Destination;

/// <summary>The processes that are restored: held by CRIU, then complete and frozen, then running, or seen dead.</summary>
internal interface IArrivingTree : IAsyncDisposable
{
    /// <summary>The root of the tree; 0 while there is none.</summary>
    int RootProcessId { get; }

    /// <summary>The control groups that belong to the restore.</summary>
    IReadOnlyList<string> Groups { get; }

    /// <summary>Whether none of it executes any more.</summary>
    bool IsGone { get; }

    /// <summary>The network that it has to itself; null for none.</summary>
    Handover.IArrivingAddress? OwnNetwork { get; }

    /// <summary>A path of the network namespace into which it is restored; null for that of this host, and for one that CRIU makes.</summary>
    string? NetworkNamespace { get; }

    /// <summary>Takes its files; null where its owner does not.</summary>
    IDestinationFiles? Files { get; }

    /// <summary>How it is restored.</summary>
    /// <exception cref="InvalidOperationException">That was not decided yet.</exception>
    IRestore Restore { get; }

    /// <summary>Whether its pages are still in use once it was disposed.</summary>
    bool StillServes { get; }

    /// <summary>Writes down where the processes will be, and has CRIU started.</summary>
    Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>Restored processes are children of the worker and so begin in its control groups. Does nothing for a worker that is in them.</summary>
    void Enter();

    /// <summary>The images are here: what takes time and needs none of them is begun.</summary>
    void Prepare();

    /// <summary>Gives files to the restore.</summary>
    /// <returns>The numbers under which it has them.</returns>
    Task<IReadOnlyList<int>> GiveAsync(IReadOnlyList<SafeFileHandle> files, CancellationToken cancellationToken);

    /// <summary>Makes the restore in a way that was decided, with the CRIU that waits for its request.</summary>
    IRestore Create(Func<HeldRestore, IRestore> way);

    /// <summary>Restores the tree in a way that was decided; it is held, and can be undone.</summary>
    Task HoldAsync(IRestore restore, Task pagesComplete, CancellationToken cancellationToken);

    /// <summary>Gives the owner of the tree what the one on the source has noted of it.</summary>
    Task GiveStateAsync(IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken);

    /// <summary>Has CRIU finish, and freezes the tree before its first instruction.</summary>
    Task FreezeAsync();

    /// <summary>Writes down that all of it is here and does not run.</summary>
    void Record();

    /// <summary>Commits: the one moment from which on it runs here.</summary>
    /// <param name="committed">Called when it is written down, right before the tree runs.</param>
    /// <returns>False where it was given up before.</returns>
    bool TryResume(Action committed);

    /// <summary>Waits until the owner of a tree that runs has it in its books.</summary>
    /// <returns>What went wrong with that; null for nothing.</returns>
    Task<string?> CompleteAsync();
}
