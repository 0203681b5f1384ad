using System.Runtime.InteropServices;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Processes;
using U2CMigration.Criu.Versions;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Offers a migration to the destination, with all that it will ask of it.</summary>
internal static class SourceOffer
{
    private static RestoreNeeds NeedsOf(SourceContext context) =>
        RestoreNeeds.Of(context.Options.Criu) with { EndLocalConnections = context.Options.GivesUp.HasFlag(GiveUp.LocalConnections) };

    /// <summary>Why a workload with files cannot go there.</summary>
    public static string NoFilesThere(string peer) => $"The receiver at {peer} is of an older release, which takes no files. Update it, or see to the files in another way.";

    /// <summary>Sends the offer; an answer comes next.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="context">The migration.</param>
    /// <param name="processes">The processes, the root first.</param>
    /// <param name="memory">Their memory.</param>
    /// <param name="version">The version of CRIU.</param>
    /// <param name="isCheck">Whether only the answer is wanted; the peer must know <see cref="ProtocolFeatures.InventoryOfNeeds"/> then.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task SendAsync(
        MigrationConnection connection, SourceContext context, IReadOnlyList<int> processes, TreeMemory memory, CriuVersion version, bool isCheck, CancellationToken cancellationToken)
    {
        int root = context.Target.RootProcessId;
        var offer = new Offer
        {
            MigrationId = context.MigrationId,
            Name = context.Tree.Description?.ToString() ?? $"{(await File.ReadAllTextAsync($"/proc/{root}/comm", cancellationToken).ConfigureAwait(false)).TrimEnd()} ({root})",
            Kernel = RuntimeInformation.OSDescription,
            CriuVersion = version.ToString(),
            TotalMemoryBytes = memory.ResidentBytes,
            ProcessIds = [.. processes.Select(context.Numbers.InImages)],
            Requirements = [Offer.PagesToPlace, .. NeedsOf(context).ToRequirements(), .. context.Files is null ? (string[])[] : [Offer.FilesInStep], .. context.Tree.Description?.ToRequirements() ?? []],
            Traits = (connection.Features & ProtocolFeatures.OfferTraits) != 0
                ? [.. UserNamespaces.IsOwn(root) ? (string[])[Offer.UserNamespace] : [], .. (context.Network?.Addresses ?? []).Select(MovingAddress.Trait), .. PrivilegeTraits.Of(TreePrivileges.Of(processes), TreePrivileges.OwnOf(root))]
                : [],
            Options = OfferOptions.Lazy | (context.Options.Verify ? OfferOptions.Verify : OfferOptions.None),
        };
        await connection.SendAsync(offer, cancellationToken).ConfigureAwait(false);
        if ((connection.Features & ProtocolFeatures.InventoryOfNeeds) != 0)
        {
            Needs needs = await Task.Run(() => WorkloadNeeds.Of(processes, context.Options, isCheck), cancellationToken).ConfigureAwait(false);
            await connection.SendAsync((connection.Features & ProtocolFeatures.ProcessorFeatures) == 0 ? needs with { ProcessorFeatures = [] } : needs, cancellationToken).ConfigureAwait(false);
        }
    }
}
