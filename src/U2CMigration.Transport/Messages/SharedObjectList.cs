using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>
/// Source to destination: all shared memory objects whose pages travel, as pages of processes with the numbers of the objects, at addresses that are offsets. Sent when they change, and once
/// more when the tree is frozen; an object that is not in the newest list is gone. Needs <see cref="ProtocolFeatures.SharedObjects"/>.
/// </summary>
/// <param name="Objects">The objects, by different numbers.</param>
public sealed record SharedObjectList(IReadOnlyList<SharedObjectEntry> Objects) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.SharedObjectList;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteCount(Objects.Count, ProtocolLimits.MaxObjects, "shared memory objects");
        foreach (SharedObjectEntry entry in Objects)
        {
            entry.Write(writer);
        }
    }

    internal static SharedObjectList Read(ref PayloadReader reader)
    {
        var objects = new SharedObjectEntry[reader.ReadCount(ProtocolLimits.MaxObjects, SharedObjectEntry.LeastBytes, "shared memory objects")];
        var numbers = new HashSet<int>();
        for (int i = 0; i < objects.Length; i++)
        {
            objects[i] = SharedObjectEntry.Read(ref reader);
            if (!numbers.Add(objects[i].Id))
            {
                throw reader.Refuse("objects with different numbers", $"number {objects[i].Id} twice");
            }
        }

        return new SharedObjectList(objects);
    }
}
