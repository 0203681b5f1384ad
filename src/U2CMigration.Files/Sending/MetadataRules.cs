using U2CMigration.Files.Entries;
using U2CMigration.Files.Records;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Sending;

/// <summary>What a record can hold of an entry's metadata.</summary>
internal static class MetadataRules
{
    /// <summary>Beside a name and a few numbers.</summary>
    private const int MostBytes = RecordFormat.MaxPayloadBytes - 8192;

    public static void Check(SourceTree tree, Node node, IReadOnlyList<ExtendedAttribute> attributes)
    {
        long bytes = 0;
        foreach (ExtendedAttribute attribute in attributes)
        {
            bytes += attribute.Name.Length + attribute.Value.Length + 8;
        }

        if (attributes.Count > RecordFormat.MaxAttributes || bytes > MostBytes)
        {
            throw new FileTreeException(
                $"In the tree '{tree.Root.Name}', {node.Show()} has {attributes.Count} extended attributes with {bytes} bytes; at most {RecordFormat.MaxAttributes} with {MostBytes} bytes travel. Exclude it and carry it by other means.");
        }
    }
}
