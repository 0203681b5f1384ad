namespace MigrationEvents.Views;

/// <summary>Shows a migration while it runs. Disposing leaves the last picture standing.</summary>
public interface IProgressView : IAsyncDisposable
{
    /// <summary>Takes an event; returns at once.</summary>
    void Report(ProgressEvent progress);
}
