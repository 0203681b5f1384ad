using System.Net;

namespace U2CMigration.Core.Handover;

/// <summary>Several addresses for one receiver: each migration gets the one that its source moves, or, where it does not say, the one that sockets of the workload are bound to.</summary>
internal sealed class AddressChoice : IDestinationNetwork
{
    private readonly IReadOnlyList<AddressHandover> _handovers;

    public AddressChoice(IReadOnlyList<AddressHandover> handovers)
    {
        ArgumentNullException.ThrowIfNull(handovers);
        if (handovers.Count == 0)
        {
            throw new ArgumentException("No address is named; name at least one.", nameof(handovers));
        }

        if (handovers.GroupBy(static one => one.Address).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The address {twice.Key} is named twice; name it once.", nameof(handovers));
        }

        _handovers = [.. handovers];
    }

    /// <summary>Whether an address may come.</summary>
    public bool Has(IPAddress address) => _handovers.Any(one => one.Address.Equals(address));

    /// <inheritdoc/>
    public async ValueTask RecoverAsync(Predicate<Guid> runsHere, CancellationToken cancellationToken)
    {
        foreach (AddressHandover handover in _handovers)
        {
            await handover.RecoverAsync(runsHere, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        foreach (AddressHandover handover in _handovers)
        {
            await handover.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> FindProblemAsync(AddressRequest request, CancellationToken cancellationToken)
    {
        (AddressHandover? chosen, string? problem) = Choose(request);
        return chosen is null ? problem : await chosen.FindProblemAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IArrivingAddress> PrepareAsync(AddressRequest request, CancellationToken cancellationToken)
    {
        (AddressHandover? chosen, string? problem) = Choose(request);
        return chosen?.PrepareAsync(request, cancellationToken) ?? throw new IOException(problem);
    }

    private (AddressHandover? Chosen, string? Problem) Choose(AddressRequest request)
    {
        IReadOnlyList<IPAddress> wanted = request.Moving.Count > 0 ? request.Moving : request.Bound;
        AddressHandover[] fitting = [.. _handovers.Where(one => wanted.Contains(one.Address))];
        string known = string.Join(", ", _handovers.Select(static one => one.Address));
        return fitting switch
        {
            [var only] => (only, null),
            [] when request.Moving.Count > 0 => (null, $"The source moves {string.Join(", ", request.Moving)}, and this host is set up to bring {known} here. Name the address on both ends ({nameof(AddressHandover)}, agent: --address)."),
            [] => (null, $"The source does not say which address moves, and its sockets are bound to none of those that this host is set up to bring here ({known}). Name the address on the source ({nameof(AddressHandover)}, agent: --address)."),
            _ => (null, $"More than one address would have to come ({string.Join(", ", fitting.Select(static one => one.Address))}), and one can. Name the one that moves on the source ({nameof(AddressHandover)}, agent: --address)."),
        };
    }
}
