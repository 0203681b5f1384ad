using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A Redis in a container of host a, with a client that holds one connection to it from beginning to end; whatever its runtime is.</summary>
internal interface IMovingContainer : IAsyncDisposable
{
    /// <summary>Its runtime.</summary>
    string Runtime { get; }

    /// <summary>Its name.</summary>
    string Id { get; }

    /// <summary>Adds one over the open connection.</summary>
    Task<long> IncrementAsync(CancellationToken cancellationToken);

    /// <summary>Sends it away.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">Further options.</param>
    RigProcess StartSendingTo(string endpoint, params string[] options);

    /// <summary>What its runtime says of it in a host; null where there is no such container.</summary>
    Task<string?> StatusAsync(string host, CancellationToken cancellationToken);

    /// <summary>Runs a program in it.</summary>
    Task<CommandResult> ExecAsync(string host, CancellationToken cancellationToken, params string[] command);

    /// <summary>A command, run by a shell of host b, that makes another container of its name there, not started.</summary>
    string MakeAnother { get; }
}
