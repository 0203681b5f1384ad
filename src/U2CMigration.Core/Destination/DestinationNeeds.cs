using U2CMigration.Core.Agreement;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Configuration;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Looks whether this host has what the restore of a workload will ask of it.</summary>
internal static class DestinationNeeds
{
    private const ushort TypeMask = 0xf000;
    private const ushort Directory = 0x4000;
    private const ushort Regular = 0x8000;

    /// <summary>A sentence for each number that is taken.</summary>
    public static IEnumerable<string> FindNumbers(Offer offer, Needs? needs)
    {
        // Process 1 is the root of a container, which brings its own PID namespace.
        if (offer.ProcessIds.Contains(1))
        {
            yield break;
        }

        TakenNumbers taken = TakenNumbers.Read(offer.ProcessIds.Concat(needs?.Threads ?? []).Concat(needs?.Groups ?? []));
        foreach (int processId in offer.ProcessIds.Where(taken.Contains))
        {
            yield return $"Process id {processId} is in use on this host ({taken.Holder(processId)}), and a restored process keeps its id. Receive into a PID namespace of its own, or end that process.";
        }

        foreach (int thread in (needs?.Threads ?? []).Where(taken.Contains))
        {
            yield return $"Thread number {thread} of the workload is in use on this host ({taken.Holder(thread)}), and a restored thread keeps its number. Receive into a PID namespace of its own, or end that process.";
        }

        foreach (int group in (needs?.Groups ?? []).Where(taken.Contains))
        {
            yield return $"Process group or session {group} of the workload is in use on this host ({taken.Holder(group)}), and a restored one keeps its number. Receive into a PID namespace of its own, or end that process.";
        }
    }

    /// <summary>A sentence for each address, port and file that is missing or taken.</summary>
    public static IEnumerable<string> FindMissing(Needs needs, RestoreNeeds restore, MigrationReceiverOptions options)
    {
        // In other namespaces than these CRIU finds other addresses and files.
        if (options.Criu.Prefix.Count > 0)
        {
            return [];
        }

        bool hasOtherNetwork = options.Criu.JoinNamespaces.Any(static one => one.Kind == "net");
        bool hasOtherRoot = options.Criu.Mounts.Root.Length > 0 || restore.Root.Length > 0;
        return [.. hasOtherNetwork ? [] : needs.Endpoints.Select(need => ProblemOf(need, options)).OfType<string>(), .. hasOtherRoot ? [] : needs.Files.Select(file => ProblemOf(file, options)).OfType<string>()];
    }

    private static string? ProblemOf(NeededEndpoint need, MigrationReceiverOptions options)
    {
        // What arrives with the workload need not be here yet.
        bool arrives = options.Network switch
        {
            AddressHandover handover => handover.Address.Equals(need.EndPoint.Address),
            AddressChoice choice => choice.Has(need.EndPoint.Address),
            { } => true,
            null => false,
        };
        return BindingTrial.Of(need, arrives, options.Criu.TcpClose) switch
        {
            BindingTrial.Outcome.Taken => $"Port {need.EndPoint.Port} ({(need.Use == EndpointUse.Datagrams ? "UDP" : "TCP")}, {need.EndPoint.Address}), which the workload has, is in use on this host. End what has it here ({(need.Use == EndpointUse.Datagrams ? "ss -ulnp" : "ss -tlnp")} names it), or receive into a network namespace of its own.",
            BindingTrial.Outcome.Missing => $"The address {need.EndPoint.Address}, which sockets of the workload are bound to, is not on this host. Let the address move along ({nameof(MigrationReceiverOptions.Network)} on both ends, agent: --address), add it here, or close the connections (agent: --tcp-close).",
            _ => null,
        };
    }

    private static string? ProblemOf(NeededFile file, MigrationReceiverOptions options)
    {
        if (options.Criu.InheritedFiles.Any(inherited => inherited.Key == file.Path.TrimStart('/')))
        {
            return null;
        }

        if (FileStatus.TryRead(file.Path) is not { } here)
        {
            return $"The {TypeName(file.Mode)} {file.Path} is not on this host. The workload's files must be on both hosts at the same paths: copy it here, put it on shared storage, or let the workload close it.";
        }

        if ((here.Mode & TypeMask) != (file.Mode & TypeMask))
        {
            return $"{file.Path} is a {TypeName(here.Mode)} on this host and a {TypeName(file.Mode)} on the source. Make it the same.";
        }

        if (here.Size < file.Size)
        {
            return $"The file {file.Path} has {here.Size} bytes on this host and {file.Size} on the source. Copy it here, or put it on shared storage.";
        }

        bool comparesRights = !options.Criu.SkipFileRightsCheck && !CriuConfiguration.Parse(options.Criu.RawOptions).Has("skip-file-rwx-check") && !CriuConfiguration.Read().Has("skip-file-rwx-check");
        return comparesRights && here.Mode != file.Mode
            ? $"{file.Path} has the rights {Octal(here.Mode)} on this host and {Octal(file.Mode)} on the source. Give it the same rights, or set CriuSettings.SkipFileRightsCheck here (agent: receive --skip-file-rights-check)."
            : null;
    }

    private static string TypeName(ushort mode) => (mode & TypeMask) switch
    {
        Directory => "directory",
        Regular => "file",
        0x1000 => "FIFO",
        0xc000 => "socket",
        _ => "device",
    };

    private static string Octal(ushort mode) => Convert.ToString(mode & 0xfff, 8).PadLeft(4, '0');
}
