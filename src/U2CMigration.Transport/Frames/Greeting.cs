using System.Buffers.Binary;
using System.IO.Hashing;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Frames;

/// <summary>The first 32 bytes in each direction: magic, versions, role, features, checksum. Its layout is the same in all versions.</summary>
/// <param name="Version">The newest protocol version that the sender speaks.</param>
/// <param name="OldestVersion">The oldest one.</param>
/// <param name="Role">Which end the sender is.</param>
/// <param name="Features">What it can do beyond the version.</param>
internal readonly record struct Greeting(ushort Version, ushort OldestVersion, ConnectionRole Role, ProtocolFeatures Features)
{
    public const int Size = 32;

    public const ushort CurrentVersion = 1;

    public const ushort OldestSpokenVersion = 1;

    private const ProtocolFeatures OwnFeatures =
        ProtocolFeatures.PageAcknowledgements | ProtocolFeatures.PageCodec | ProtocolFeatures.OfferTraits | ProtocolFeatures.RestoredMemory | ProtocolFeatures.LockHandover
        | ProtocolFeatures.SharedObjects | ProtocolFeatures.InventoryOfNeeds | ProtocolFeatures.CarriedState | ProtocolFeatures.ProcessorFeatures | ProtocolFeatures.PrivateMemoryFirst
        | ProtocolFeatures.Proof | ProtocolFeatures.LedgerIdentity | ProtocolFeatures.FilesInStep | ProtocolFeatures.OwnedTrees | ProtocolFeatures.OwnNetworks;

    // CR, LF and a byte above 127 show a peer or a proxy that speaks text.
    private static ReadOnlySpan<byte> Magic => [0x8d, (byte)'U', (byte)'2', (byte)'C', (byte)'M', (byte)'I', (byte)'\r', (byte)'\n'];

    public static Greeting Own(ConnectionRole role) => new(CurrentVersion, OldestSpokenVersion, role, OwnFeatures);

    public void Write(Span<byte> bytes)
    {
        bytes.Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], OldestVersion);
        bytes[12] = (byte)Role;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (ulong)Features);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], XxHash3.HashToUInt64(bytes[..24]));
    }

    public static Greeting Parse(ReadOnlySpan<byte> bytes)
    {
        if (!bytes[..8].SequenceEqual(Magic))
        {
            throw new MigrationProtocolException(
                "the greeting of U2CMigration", Show(bytes[..16]), "Something else listens on that port, or TLS is on at one end only.");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) != XxHash3.HashToUInt64(bytes[..24]))
        {
            throw new MigrationProtocolException("a greeting with the right checksum", Show(bytes[8..]), "It was damaged on the way; try again.");
        }

        return new Greeting(
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
            (ConnectionRole)bytes[12],
            (ProtocolFeatures)BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
    }

    /// <summary>The version and the features that both ends speak.</summary>
    /// <param name="peer">The greeting of the other end.</param>
    public (ushort Version, ProtocolFeatures Features) AgreeWith(Greeting peer)
    {
        if (peer.Version < OldestVersion || peer.OldestVersion > Version)
        {
            throw new MigrationProtocolException(
                $"protocol version {OldestVersion} to {Version}", $"{peer.OldestVersion} to {peer.Version}", "Install releases that are closer together on the two hosts.");
        }

        ConnectionRole other = Role == ConnectionRole.Source ? ConnectionRole.Destination : ConnectionRole.Source;
        if (peer.Role != other)
        {
            throw new MigrationProtocolException($"the role {other} at the other end", $"{peer.Role}", "Connect a source with a destination.");
        }

        return (Math.Min(Version, peer.Version), Features & peer.Features);
    }

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[i] = bytes[i] is >= 0x20 and < 0x7f ? (char)bytes[i] : '.';
        }

        return $"{Convert.ToHexStringLower(bytes)} (\"{text}\")";
    }
}
