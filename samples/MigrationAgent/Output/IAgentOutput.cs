using MigrationEvents;

namespace MigrationAgent.Output;

/// <summary>Where the agent says what happens.</summary>
public interface IAgentOutput : IAsyncDisposable
{
    /// <summary>Takes a snapshot; returns at once.</summary>
    void Progress(ProgressEvent progress);

    ValueTask WriteAsync(AgentEvent agentEvent);
}
