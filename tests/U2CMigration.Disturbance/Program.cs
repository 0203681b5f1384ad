using System.Globalization;
using System.Net;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Sessions;
using U2CMigration.Disturbance;
using U2CMigration.Transport.Frames;

// link LISTEN-PORT DESTINATION MESSAGE | cancel PID DESTINATION ADDRESS PHASE | dump PID IMAGES MOMENT | receive LISTEN-PORT ADDRESS RESTORE-MODE FAULT |
// lie LISTEN-PORT LIE PID PAGE; run inside the hosts of a rig by tests.
switch (args)
{
    case ["link", var port, var destination, var message]:
        using (var link = new FaultyLink(int.Parse(port, CultureInfo.InvariantCulture), IPEndPoint.Parse(destination), new HoldPoint(Enum.Parse<MessageType>(message))))
        {
            await link.ObeyAsync(Console.In);
        }

        return 0;
    case ["cancel", var processId, var destination, var address, var phase]:
        return await CancellingSender.RunAsync(
            int.Parse(processId, CultureInfo.InvariantCulture), IPEndPoint.Parse(destination), address, Enum.Parse<MigrationPhase>(phase));
    case ["dump", var processId, var images, var moment]:
        return await DyingDumper.RunAsync(int.Parse(processId, CultureInfo.InvariantCulture), images, moment);
    case ["receive", var port, var address, var mode, var fault]:
        return await FaultyReceiver.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), address, Enum.Parse<RestoreMode>(mode), fault);
    case ["lie", var port, var lie, var processId, var page]:
        return await LyingDestination.RunAsync(
            int.Parse(port, CultureInfo.InvariantCulture), lie, int.Parse(processId, CultureInfo.InvariantCulture), ulong.Parse(page, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    default:
        await Console.Error.WriteLineAsync($"Does not know '{string.Join(' ', args)}'.");
        return 2;
}
