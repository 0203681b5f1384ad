using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>As whom a dumped thread runs. Numbers are those inside its user namespace.</summary>
/// <param name="UserIds">Real, effective, saved and file system user.</param>
/// <param name="GroupIds">Real, effective, saved and file system group, and the supplementary ones.</param>
/// <param name="Held">Capabilities that it has or can take up by itself: permitted, effective, inheritable and ambient.</param>
/// <param name="Bounding">Capabilities that it can get by executing a program.</param>
/// <param name="HasNoNewPrivileges">Whether executing a program gives it nothing more (no_new_privs).</param>
internal sealed record ImageCredentials(IReadOnlyList<uint> UserIds, IReadOnlyList<uint> GroupIds, ulong Held, ulong Bounding, bool HasNoNewPrivileges)
{
    private const int Words = 2;
    private const int WordBits = 32;

    /// <summary>Reads what an image says; null where it does not say all of it, so that a restore would give the thread what happens to be there.</summary>
    internal static ImageCredentials? Of(CredentialsEntry entry)
    {
        bool isWhole = entry.HasUid && entry.HasEuid && entry.HasSuid && entry.HasFsuid && entry.HasGid && entry.HasEgid && entry.HasSgid && entry.HasFsgid && entry.HasSecbits
            && entry.CapInh.Count == Words && entry.CapPrm.Count == Words && entry.CapEff.Count == Words && entry.CapBnd.Count == Words && entry.CapAmb.Count is 0 or Words;
        return isWhole
            ? new ImageCredentials(
                [entry.Uid, entry.Euid, entry.Suid, entry.Fsuid],
                [entry.Gid, entry.Egid, entry.Sgid, entry.Fsgid, .. entry.Groups],
                SetOf(entry.CapInh) | SetOf(entry.CapPrm) | SetOf(entry.CapEff) | SetOf(entry.CapAmb),
                SetOf(entry.CapBnd),
                entry.NoNewPrivs != 0)
            : null;
    }

    private static ulong SetOf(Google.Protobuf.Collections.RepeatedField<uint> words) => words.Count == 0 ? 0 : words[0] | ((ulong)words[1] << WordBits);
}
