using System.Globalization;
using System.Net;

namespace LiveMigration.Client;

/// <summary>Puts keys into the server until its process has the wanted size; run beside it, so that the link does not matter.</summary>
public static class Filling
{
    private const int Batch = 512;

    /// <summary>Returns the number of keys put in.</summary>
    public static int Run(IPEndPoint server, int processId, long residentBytes)
    {
        using var connection = new RedisConnection(server);
        byte[] commands = new byte[Batch * RedisCommands.Longest];
        int keys = 0;
        while (ResidentBytes(processId) < residentBytes)
        {
            int length = 0;
            for (int i = 0; i < Batch; i++)
            {
                length += RedisCommands.Set(commands.AsSpan(length), keys++, 0);
            }

            connection.Send(commands.AsSpan(0, length));
            int answered = 0;
            while (answered < Batch)
            {
                if (connection.Replies.TryTake(out char type, out _))
                {
                    answered += type == '+' ? 1 : throw new IOException($"The server refused a key while it was filled ('{type}').");
                }
                else if (!connection.Receive(RedisConnection.Patience))
                {
                    throw new IOException("The server does not answer while it is filled.");
                }
            }
        }

        return keys;
    }

    /// <summary>Second field of <c>/proc/PID/statm</c> (proc_pid_statm(5)).</summary>
    private static long ResidentBytes(int processId)
    {
        string statm = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/statm"));
        return long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
