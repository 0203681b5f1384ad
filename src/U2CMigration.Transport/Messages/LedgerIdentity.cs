using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Which record of migrations an answer comes from. What a destination promised is known only to the very record in which it was written.</summary>
/// <param name="HostId">The host, as in <c>/etc/machine-id</c>; all zeros where it has none.</param>
/// <param name="BootId">The boot of the host: processes of another boot do not run.</param>
/// <param name="LedgerId">The record, made up when its directory was made.</param>
public readonly record struct LedgerIdentity(Guid HostId, Guid BootId, Guid LedgerId)
{
    internal void Write(PayloadWriter writer)
    {
        writer.WriteGuid(HostId);
        writer.WriteGuid(BootId);
        writer.WriteGuid(LedgerId);
    }

    internal static LedgerIdentity Read(ref PayloadReader reader) => new(reader.ReadGuid(), reader.ReadGuid(), reader.ReadGuid());
}
