using MigrationEvents;

namespace MigrationAgent.Output;

/// <summary>One line of JSON per event.</summary>
public sealed class JsonLinesOutput(TextWriter output) : IAgentOutput
{
    private readonly Lock _gate = new();

    public void Progress(ProgressEvent progress) => WriteLine(progress);

    public ValueTask WriteAsync(AgentEvent agentEvent)
    {
        WriteLine(agentEvent);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void WriteLine(AgentEvent agentEvent)
    {
        string line = AgentEventJson.Write(agentEvent);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
