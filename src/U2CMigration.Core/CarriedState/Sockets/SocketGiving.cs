using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>Gives restored sockets the options and memberships that they had, through copies of the descriptors of the held tasks.</summary>
internal static class SocketGiving
{
    /// <summary>Gives each socket what it lacks.</summary>
    /// <param name="sockets">The sockets as they were.</param>
    /// <param name="onThisHost">Translates numbers of processes.</param>
    /// <param name="warnings">Receives a sentence for each thing that could not be given.</param>
    public static void Run(IReadOnlyList<CarriedSocket> sockets, Func<int, int> onThisHost, List<string> warnings)
    {
        foreach (IGrouping<int, CarriedSocket> process in sockets.GroupBy(static socket => socket.ProcessId))
        {
            try
            {
                using SafeFileHandle handle = PidFd.Open(onThisHost(process.Key));
                foreach (CarriedSocket socket in process)
                {
                    Give(socket, handle, warnings);
                }
            }
            catch (PageTrackingException e)
            {
                warnings.Add($"The options of {process.Count()} sockets of process {process.Key} could not be set: {e.Message}");
            }
        }
    }

    private static void Give(CarriedSocket wanted, SafeFileHandle process, List<string> warnings)
    {
        using SafeFileHandle? socket = PidFd.TryCopyDescriptor(process, wanted.Descriptor, out int error);
        SocketNature nature = socket is null ? default : SocketNature.Of(socket);
        string name = string.Create(CultureInfo.InvariantCulture, $"{nature.Describe()} {wanted.Descriptor} of process {wanted.ProcessId}");
        if (socket is null || nature.Kind != wanted.Kind)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The options of socket {wanted.Descriptor} of process {wanted.ProcessId} could not be set: {(socket is null ? Marshal.GetPInvokeErrorMessage(error) : "another file is there")}."));
            return;
        }

        foreach (SocketOption option in SocketOptions.All)
        {
            if (wanted.Options.TryGetValue(option.Name, out string? value) && OptionValue.Read(socket, option) != value)
            {
                int refused = OptionValue.Write(socket, option, value);
                if (OptionValue.Read(socket, option) is var now && now != value)
                {
                    string reason = refused == 0 ? string.Empty : $" ({Marshal.GetPInvokeErrorMessage(refused)})";
                    warnings.Add($"The {name} had {option.Name} {OptionValue.Describe(option, value)} and has {OptionValue.Describe(option, now ?? string.Empty)} on this host{reason}.");
                }
            }
        }

        foreach (CarriedMembership membership in wanted.Groups)
        {
            try
            {
                Memberships.Give(socket, membership);
            }
            catch (IOException e)
            {
                warnings.Add($"The {name} is not a member of the multicast group {membership.Group} on {membership.Device} any more: {e.Message}.");
            }
        }
    }
}
