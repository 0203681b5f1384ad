using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Images;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>The images of shared memory, which are never rewritten here: whether they are still what the source sent.</summary>
internal sealed class SharedImages(ImageDirectory images, IReadOnlyList<ImageChecksum> received)
{
    private const int PieceBytes = 1 << 18;

    private readonly Lazy<bool> _areIntact = new(() => AreAsReceived(images, received));

    /// <summary>Computed when it is asked for first, which is after CRIU has read them.</summary>
    public bool AreIntact => _areIntact.Value;

    private static bool AreAsReceived(ImageDirectory images, IReadOnlyList<ImageChecksum> received)
    {
        byte[] buffer = new byte[PieceBytes];
        foreach (ulong id in images.SharedMemoryWithPagemap())
        {
            string[] names = [ImageDirectory.SharedPagemapName(id), images.ReadSharedPagemap(id)!.PagesFileName];
            foreach (string name in names)
            {
                ulong? expected = received.Where(file => file.Name == name).Select(static file => (ulong?)file.Checksum).FirstOrDefault();
                if (File.Exists(images.PathOf(name)) && Hash(images.PathOf(name), buffer) != expected)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static ulong Hash(string path, byte[] buffer)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        var hash = new XxHash3();
        long offset = 0;
        for (int read; (read = RandomAccess.Read(file, buffer, offset)) > 0; offset += read)
        {
            hash.Append(buffer.AsSpan(0, read));
        }

        return hash.GetCurrentHashAsUInt64();
    }
}
