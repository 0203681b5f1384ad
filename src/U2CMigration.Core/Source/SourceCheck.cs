using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Processes;
using U2CMigration.PageTracking.Features;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Everything that a migration does before it touches the workload, and nothing else.</summary>
internal static class SourceCheck
{
    /// <summary>Checks.</summary>
    /// <param name="context">The migration that would be.</param>
    /// <param name="askDestination">Whether the destination is asked as well.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<MigrationCheck> RunAsync(SourceContext context, bool askDestination, CancellationToken cancellationToken)
    {
        SourceLook look = await SourcePreflight.LookAsync(context, KernelFeatures.Probe(), cancellationToken).ConfigureAwait(false);
        List<string> problems = [.. look.Problems, .. await ProtectionsAsync(context, look).ConfigureAwait(false)];
        bool isAsked = false;
        if (askDestination && look.Tree.Count > 0)
        {
            (isAsked, string? refusal) = await AskAsync(context, look, cancellationToken).ConfigureAwait(false);
            problems.AddRange(refusal is null ? [] : (string[])[refusal]);
        }

        return new MigrationCheck { Findings = look.Findings, Problems = problems, Warnings = context.Warnings, InventoryTime = context.Inventory.Duration, IsDestinationAsked = isAsked };
    }

    /// <summary>The protections that a migration would lose. Only the processes themselves know them, so each is asked; where a migration is refused anyhow none is.</summary>
    private static async Task<IReadOnlyList<string>> ProtectionsAsync(SourceContext context, SourceLook look)
    {
        if (look.Tree.Count == 0 || look.Problems.Count > 0)
        {
            return [];
        }

        using var state = new SourceState(context.Target.RootProcessId, context.Numbers, context.Options.AllowLosingProtections, context.Notes);
        return await state.AskAsync(look.Tree).ConfigureAwait(false);
    }

    private static async Task<(bool IsAsked, string? Refusal)> AskAsync(SourceContext context, SourceLook look, CancellationToken cancellationToken)
    {
        try
        {
            MigrationConnection connection = await SourceConnection.OpenAsync(context, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if ((connection.Features & ProtocolFeatures.InventoryOfNeeds) == 0)
                {
                    return (false, $"The destination {connection.Peer} is of an older release, which cannot be asked without a migration. Update it, or check this host alone.");
                }

                if (context.Files is not null && (connection.Features & ProtocolFeatures.FilesInStep) == 0)
                {
                    return (true, SourceOffer.NoFilesThere(connection.Peer));
                }

                TreeMemory memory = look.Memory.ResidentBytes > 0 ? look.Memory : TreeMemory.Of(look.Tree);
                await SourceOffer.SendAsync(connection, context, look.Tree, memory, look.Criu, isCheck: true, cancellationToken).ConfigureAwait(false);
                MigrationMessage? answer = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
                context.Warn((answer as Accept)?.Warnings ?? []);
                return answer switch
                {
                    Accept => (true, null),
                    Refuse refuse => (true, $"The destination refuses: {refuse.Sentence}"),
                    { } other => throw SourceDialogue.Unexpected(nameof(Accept), other),
                };
            }
        }
        catch (Exception e) when (e is TransportException or MigrationProtocolException)
        {
            return (false, $"The destination cannot be asked: {e.Message}");
        }
    }
}
