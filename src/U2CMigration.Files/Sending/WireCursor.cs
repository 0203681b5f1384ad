using U2CMigration.Files.Records;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Sending;

/// <summary>Says which directory records are about.</summary>
internal sealed class WireCursor(Node root, RecordWriter writer) : TreeCursor(root)
{
    protected override void Up() => writer.Begin(RecordType.Leave).End();

    protected override int Down(Node directory)
    {
        writer.Begin(RecordType.Enter).Name(directory.Name).End();
        return 0;
    }
}
