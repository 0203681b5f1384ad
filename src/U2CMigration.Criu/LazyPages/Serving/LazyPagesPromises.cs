namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>What the serving thread tells the rest of the program.</summary>
internal sealed class LazyPagesPromises
{
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LazyPagesResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<bool> _parting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task MemoryRegistered => _registered.Task;

    internal Task<LazyPagesResult> Completion => _completion.Task;

    /// <summary>Whether the thread goes on although it was asked to leave, because restored processes would read zeros without it.</summary>
    internal Task<bool> GoesOn => _parting.Task;

    internal void Registered() => _registered.TrySetResult();

    internal void Completed(LazyPagesResult result) => _completion.TrySetResult(result);

    internal void Part(bool goesOn) => _parting.TrySetResult(goesOn);

    internal void Fail(CriuException failure)
    {
        _registered.TrySetException(failure);
        _completion.TrySetException(failure);

        // Who waits for one of them need not look at the other.
        _ = _registered.Task.Exception;
        _ = _completion.Task.Exception;
    }
}
