using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Records;

namespace U2CMigration.Files.Applying;

/// <content>Records that make or change an entry.</content>
internal sealed partial class RoundReceiver
{
    private void Keep(TargetTree tree, ref RecordReader record)
    {
        byte[] name = record.Name();
        uint number = record.UInt32();
        record.End();
        KeepAs(tree, name, number);
    }

    private void KeepAs(TargetTree tree, byte[] name, uint number)
    {
        if (number == 0)
        {
            return;
        }

        if (tree.KeptCount >= options.Limits.MaxLinks)
        {
            throw new FileTreeProtocolException($"at most {options.Limits.MaxLinks} files with several names in a round", "more", "Raise FileTreeLimits.MaxLinks if the source has as many.");
        }

        int error = tree.Keep(PlaceWriter.Open(tree), name, number);
        if (error != 0)
        {
            throw PlaceWriter.Failed(tree, name, error, "kept for a further name");
        }
    }

    private void Link(TargetTree tree, ref RecordReader record)
    {
        byte[] name = record.Name();
        uint number = record.UInt32();
        record.End();
        PlaceOutcome outcome = PlaceWriter.Remove(tree, name);
        Note(outcome);
        int error = outcome == PlaceOutcome.PassedOver ? 0 : tree.Link(number, PlaceWriter.Open(tree), name);
        if (error != 0)
        {
            throw PlaceWriter.Failed(tree, name, error, "made as a further name");
        }
    }

    private void OpenFile(TargetTree tree, ref RecordReader record)
    {
        byte[] name = record.Name();
        bool isNew = record.Flag();
        uint keptAs = record.UInt32();
        long size = record.Amount(options.Limits.MaxFileBytes, "size");
        EntryMetadata metadata = Metadata(ref record, static type => type == EntryType.RegularFile);
        SafeFileHandle? opened = PlaceWriter.OpenFile(tree, name, isNew, size);
        file.Begin(opened, name, size, metadata);
        Note(opened is null ? PlaceOutcome.PassedOver : PlaceOutcome.Done);
        KeepUnlessPassedOver(tree, name, keptAs, opened is null ? PlaceOutcome.PassedOver : PlaceOutcome.Done);
    }

    private void MakeSymbolicLink(TargetTree tree, ref RecordReader record)
    {
        byte[] name = record.Name();
        uint keptAs = record.UInt32();
        ReadOnlySpan<byte> target = record.Blob(RecordFormat.MaxTargetBytes, "target");
        if (target.IsEmpty || target.Contains((byte)0))
        {
            throw record.Refuse("a target", "nothing, or a zero in it");
        }

        EntryMetadata metadata = Metadata(ref record, static type => type == EntryType.SymbolicLink);
        KeepUnlessPassedOver(tree, name, keptAs, Note(_writer.MakeSymbolicLink(tree, name, target, metadata)));
    }

    private void MakeNode(TargetTree tree, ref RecordReader record)
    {
        byte[] name = record.Name();
        uint keptAs = record.UInt32();
        ulong device = record.UInt64();
        EntryMetadata metadata = Metadata(ref record, static type => type is EntryType.Fifo or EntryType.Socket or EntryType.CharacterDevice or EntryType.BlockDevice);
        bool isDevice = metadata.Type is EntryType.CharacterDevice or EntryType.BlockDevice;
        bool leadsNowhere = metadata.Type == EntryType.CharacterDevice && device == 0;
        if (isDevice && !leadsNowhere && !options.AllowDevices)
        {
            throw new FileTreeException($"{tree.Show(name)} is a device ({device >> 32}:{(uint)device}), and AllowDevices is not set. Set it if the source may make devices here, or exclude it there.");
        }

        KeepUnlessPassedOver(tree, name, keptAs, Note(_writer.MakeNode(tree, name, isDevice ? device : 0, metadata)));
    }

    private void KeepUnlessPassedOver(TargetTree tree, byte[] name, uint keptAs, PlaceOutcome outcome)
    {
        if (keptAs != 0 && outcome == PlaceOutcome.PassedOver)
        {
            throw new FileTreeException($"{tree.Show(name)} has further names, and something is mounted on it here. Unmount it until the files are there.");
        }

        KeepAs(tree, name, keptAs);
    }

    private PlaceOutcome Note(PlaceOutcome outcome)
    {
        _passedOver += outcome == PlaceOutcome.PassedOver ? 1 : 0;
        return outcome;
    }
}
