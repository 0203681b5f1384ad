using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.CarriedFiles;
using U2CMigration.Containers.Podman;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Containers.Source;

namespace U2CMigration.Containers.Listing;

/// <summary>Lists the containers of this host with what stands in the way of moving them. Touches none of them.</summary>
/// <example>
/// <code>
/// foreach (ListedContainer container in await ContainerListing.ReadAsync())
/// {
///     Console.WriteLine($"{container.State.Runtime}:{container.State.Id} {container.State.Status} {(container.CanMove ? "can move" : container.Problems[0])}");
/// }
/// </code>
/// </example>
public static class ContainerListing
{
    /// <summary>Lists those of all runtimes that are on this host.</summary>
    /// <param name="options">How they would be moved; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>All containers, also those that have ended, by runtime and name.</returns>
    /// <exception cref="IOException">A runtime cannot list its containers.</exception>
    public static async Task<IReadOnlyList<ListedContainer>> ReadAsync(ContainerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ContainerOptions();
        var found = new List<ListedContainer>();
        foreach (ContainerRuntime runtime in ContainerRuntime.All)
        {
            found.AddRange(await ReadAsync(runtime, options, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }

    /// <summary>Lists those of a runtime.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="options">How they would be moved; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>All containers, also those that have ended, by name; none where the runtime is not installed.</returns>
    /// <exception cref="IOException">The runtime cannot list its containers.</exception>
    public static async Task<IReadOnlyList<ListedContainer>> ReadAsync(ContainerRuntime runtime, ContainerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        options ??= new ContainerOptions();
        if (runtime != ContainerRuntime.Podman)
        {
            IReadOnlyList<ContainerState> states = await ContainerState.ListAsync(runtime, options.StateRoot, cancellationToken).ConfigureAwait(false);
            return [.. states.Select(state => new ListedContainer { State = state, Problems = [.. runtime.Problems(), .. ProblemsOf(state, options)] }).OrderBy(static one => one.State.Id, StringComparer.Ordinal)];
        }

        if (RuntimeCommand.Find(runtime.Program) is null)
        {
            return [];
        }

        IReadOnlyList<PodmanContainer> all = await PodmanContainer.ListAsync(options.StateRoot, cancellationToken).ConfigureAwait(false);
        return [.. all.Select(one => new ListedContainer { State = one.State, Problems = [.. ProblemsOf(one, all, options)] }).OrderBy(static one => one.State.Id, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ProblemsOf(ContainerState state, ContainerOptions options)
    {
        if (ContainerChecks.OfState(state) is { } problem)
        {
            return [problem];
        }

        try
        {
            var bundle = Bundle.Read(state.Bundle);
            return ContainerChecks.Of(state, bundle, DepartingTrees.Find(state, bundle, options), options);
        }
        catch (IOException e)
        {
            return [$"The container {state.Id} cannot be described: {e.Message}"];
        }
    }

    private static IEnumerable<string> ProblemsOf(PodmanContainer container, IReadOnlyList<PodmanContainer> all, ContainerOptions options) => PodmanChecks.OfState(container) is { } problem
        ? [problem]
        : [.. LowRuntime.Problems(container.LowRuntime), .. PodmanChecks.OfConfiguration(container, all, options), .. PodmanChecks.OfRunning(container, options)];
}
