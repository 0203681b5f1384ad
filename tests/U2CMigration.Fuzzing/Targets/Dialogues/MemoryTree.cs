using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Files;
using U2CMigration.Core.Results;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>Processes that are none: what may be done with them in which order is what is watched.</summary>
internal sealed class MemoryTree(MigrationTurn turn, ScriptStream stream) : IArrivingTree, IRestore
{
    private bool _isBegun;
    private bool _isHeld;
    private bool _isFrozen;
    private bool _isRecorded;

    public int RootProcessId => 0;

    public IReadOnlyList<string> Groups => ["group"];

    public bool IsGone { get; private set; }

    public bool Runs { get; private set; }

    public IRestore Restore => this;

    public bool StillServes => false;

    public U2CMigration.Core.Handover.IArrivingAddress? OwnNetwork => null;

    public string? NetworkNamespace => null;

    public IDestinationFiles? Files => null;

    public Task BeginAsync(CancellationToken cancellationToken)
    {
        turn.Receive(Groups);
        _isBegun = true;
        return Task.CompletedTask;
    }

    public void Enter() => Demand(_isBegun, "entered its groups");

    public void Prepare() => Demand(_isBegun, "was prepared");

    public Task<IReadOnlyList<int>> GiveAsync(IReadOnlyList<SafeFileHandle> files, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<int>>([.. files.Select(static (_, index) => index)]);

    public IRestore Create(Func<HeldRestore, IRestore> way) => this;

    public Task HoldAsync(IRestore restore, Task pagesComplete, CancellationToken cancellationToken) => HoldAsync(pagesComplete, cancellationToken);

    public async Task<int> HoldAsync(Task pagesComplete, CancellationToken cancellationToken)
    {
        Demand(_isBegun && !_isHeld, "was restored");
        await pagesComplete.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isHeld = true;
        return RootProcessId;
    }

    public Task GiveStateAsync(IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken)
    {
        Demand(_isHeld && !_isFrozen, "was given what its owner has noted");
        return Task.CompletedTask;
    }

    public Task FreezeAsync()
    {
        Demand(_isHeld, "was frozen");
        _isFrozen = true;
        return Task.CompletedTask;
    }

    public void Record()
    {
        Demand(_isFrozen, "was recorded");
        _isRecorded = true;
        turn.Hold(Groups, 1, 1);
    }

    public bool TryResume(Action committed) => turn.TryResume(() =>
    {
        Demand(_isRecorded && !Runs, "was resumed");
        if (!stream.Heard.Contains(Transport.Frames.MessageType.Restored) || !stream.Said.Contains(Transport.Frames.MessageType.Commit))
        {
            throw new WrongException("A tree runs that no one has committed to.");
        }

        Runs = true;
        committed();
    });

    Task<string?> IArrivingTree.CompleteAsync() => Task.FromResult<string?>(null);

    Task<FillReport?> IRestore.CompleteAsync() => Task.FromResult<FillReport?>(null);

    public Task InstallAsync(ReadOnlyMemory<LazyPageRange> pages, TimeSpan budget, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task FinishAsync(Action freeze) => Task.CompletedTask;

    public void Begin()
    {
    }

    public ValueTask DisposeAsync()
    {
        IsGone = !Runs;
        return ValueTask.CompletedTask;
    }

    private static void Demand(bool condition, string what)
    {
        if (!condition)
        {
            throw new WrongException($"A tree {what} out of its order.");
        }
    }
}
