using U2CMigration.Transport.Frames;

namespace U2CMigration.Disturbance;

/// <summary>The first message of one kind, which is held until it may pass; what follows it in its direction waits behind it.</summary>
internal sealed class HoldPoint(MessageType held)
{
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reached;

    /// <summary>Lets a message cross at once, or holds it and says so.</summary>
    public async Task CrossAsync(MessageType message, CancellationToken cancellationToken)
    {
        if (message == held && Interlocked.Exchange(ref _reached, 1) == 0)
        {
            await Console.Out.WriteLineAsync($"holding {held}");
            await _passed.Task.WaitAsync(cancellationToken);
        }
    }

    public void Pass() => _passed.TrySetResult();
}
