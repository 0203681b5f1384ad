using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LiveMigration.Client.KeyValue;
using LiveMigration.Client.Worker;
using LiveMigration.Workloads;

namespace LiveMigration.Client;

/// <summary>Brings a workload that was just started to where its client can use it; run beside it.</summary>
public sealed class Preparation(KnownWorkload workload, int processId)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns the number of keys in a server; 0 for a workload that makes its data itself.</summary>
    /// <exception cref="IOException">The workload has ended, or does not answer.</exception>
    public int Run(long residentBytes)
    {
        using ServerConnection connection = Connect();
        if (workload.Protocol is { } protocol)
        {
            var filling = new Filling(protocol, connection);
            return workload.BytesPerKey is { } each ? filling.Run((int)(residentBytes / each)) : filling.Run(processId, residentBytes);
        }

        // It listens before it has made its data, and answers only afterwards.
        new WorkerCommands(connection).Ask(WorkerCommands.Progress);
        return 0;
    }

    private ServerConnection Connect(IPEndPoint server)
    {
        var connection = new ServerConnection(server);
        try
        {
            if (workload.Protocol is { } protocol)
            {
                Greeting.Exchange(protocol, connection);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private ServerConnection Connect()
    {
        var server = new IPEndPoint(IPAddress.Loopback, workload.Port);
        while (true)
        {
            if (!Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}")))
            {
                throw new IOException($"{workload.Name} has ended.");
            }

            try
            {
                return Connect(server);
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
            {
                // Databases listen before they take statements.
                Thread.Sleep(Pause);
            }
        }
    }
}
