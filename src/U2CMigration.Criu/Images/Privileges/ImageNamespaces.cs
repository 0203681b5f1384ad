using System.Globalization;
using Google.Protobuf;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>The namespaces that a restore makes for the tree: those in which its root was not with the host of the dump. In all others it shares those of the host of the restore.</summary>
/// <param name="Own">Their kinds.</param>
/// <param name="Users">How its user namespace numbers users; null where it has none of its own.</param>
/// <param name="Groups">How its user namespace numbers groups.</param>
internal sealed record ImageNamespaces(OwnNamespaces Own, ImageNumbers? Users, ImageNumbers? Groups)
{
    private const int Init = 1;

    /// <summary>Reads them.</summary>
    /// <exception cref="CriuException">An image is damaged, is missing, or can be understood in two ways.</exception>
    internal static ImageNamespaces Read(ImageDirectory directory)
    {
        ImageTask[] roots = [.. directory.ReadTasks().Where(static task => task.ParentProcessId == 0)];
        if (roots.Length != 1)
        {
            throw ImageError.At(directory.PathOf("pstree.img"), 0, $"it has {roots.Length} processes at the root, where one belongs");
        }

        string path = directory.PathOf(string.Create(CultureInfo.InvariantCulture, $"ids-{roots[0].ProcessId}.img"));
        SharedPartsEntry root = OnlyEntry.Read(path, SharedPartsEntry.Parser, ImageMagic.Common, ImageMagic.SharedParts);
        SharedPartsEntry host = OfHost(directory.PathOf(ImageInventory.FileName));
        OwnNamespaces own = Where(OwnNamespaces.Pid, root.PidNsId, host.PidNsId) | Where(OwnNamespaces.Mount, root.MntNsId, host.MntNsId) | Where(OwnNamespaces.Network, root.NetNsId, host.NetNsId)
            | Where(OwnNamespaces.Ipc, root.IpcNsId, host.IpcNsId) | Where(OwnNamespaces.Uts, root.UtsNsId, host.UtsNsId) | Where(OwnNamespaces.User, root.UserNsId, host.UserNsId);
        if (roots[0].ProcessId != Init)
        {
            // Only the first process of such a namespace can begin it.
            own &= ~OwnNamespaces.Pid;
        }

        return (own & OwnNamespaces.User) == 0
            ? new ImageNamespaces(own, null, null)
            : ReadUsers(directory.PathOf(string.Create(CultureInfo.InvariantCulture, $"userns-{root.UserNsId}.img")), own);
    }

    private static OwnNamespaces Where(OwnNamespaces kind, uint root, uint host) => root != host ? kind : OwnNamespaces.None;

    private static SharedPartsEntry OfHost(string path)
    {
        ByteString ids = OnlyEntry.Read(path, InventoryEntry.Parser, ImageMagic.Inventory).RootIds;
        SharedPartsEntry entry;
        try
        {
            entry = SharedPartsEntry.Parser.ParseFrom(ids);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw ImageError.At(path, 0, e.Message.TrimEnd('.'), e);
        }

        return entry.CalculateSize() == ids.Length ? entry : throw ImageError.At(path, 0, "it says something twice");
    }

    private static ImageNamespaces ReadUsers(string path, OwnNamespaces own)
    {
        UserNamespaceEntry entry = OnlyEntry.Read(path, UserNamespaceEntry.Parser, ImageMagic.Common, ImageMagic.UserNamespace);
        return new ImageNamespaces(own, ImageNumbers.Of(entry.UidMap), ImageNumbers.Of(entry.GidMap));
    }
}
