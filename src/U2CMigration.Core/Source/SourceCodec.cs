using U2CMigration.Core.PageStores;
using U2CMigration.Core.Processes;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Makes the page codec of a migration.</summary>
internal static class SourceCodec
{
    /// <summary>Bases are a help, so they leave most of the free memory to the workloads of the host.</summary>
    private const int ShareOfAvailable = 4;

    /// <summary>The codec; null when it is off or the destination has none.</summary>
    public static PageCodec? Create(SourceContext context, IMigrationStrategy strategy, MigrationConnection connection, TreeMemory memory)
    {
        PageCodecOptions options = context.Options.Codec;
        if (options.Mode == PageCodecMode.Off || (options.Mode == PageCodecMode.ByStrategy && !strategy.Traits.UsesCodec))
        {
            return null;
        }

        if ((connection.Features & ProtocolFeatures.PageCodec) == 0)
        {
            context.Warnings.Add("The destination has no page codec: pages travel as they are. Update it to send less.");
            return null;
        }

        long bases = options.MaxBaseBytes > 0 ? options.MaxBaseBytes : Math.Min(memory.ResidentBytes, AvailableMemory.Read() / ShareOfAvailable);
        return new PageCodec(options with { MaxBaseBytes = Math.Max(PageBatch.PageBytes, bases) });
    }
}
