using System.Text;

namespace LiveMigration.Client.Worker;

/// <summary>The line protocol of the programs of native/ on one connection.</summary>
public sealed class WorkerCommands(ServerConnection connection)
{
    /// <summary>All pages are looked at while the answer is awaited.</summary>
    public const string Check = "check";

    /// <summary>Answered at once.</summary>
    public const string Progress = "progress";

    public void Send(string command) => connection.Send(Encoding.ASCII.GetBytes(command + "\n"));

    /// <summary>Takes the next whole line that has arrived.</summary>
    public bool TryTake(out string line)
    {
        ReadOnlySpan<byte> unread = connection.Replies.Unread;
        int end = unread.IndexOf((byte)'\n');
        line = end < 0 ? "" : Encoding.ASCII.GetString(unread[..end]);
        connection.Replies.Take(end + 1);
        return end >= 0;
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public string Ask(string command)
    {
        Send(command);
        string line;
        while (!TryTake(out line))
        {
            if (!connection.Receive(ServerConnection.Patience))
            {
                throw new IOException($"The workload does not answer to '{command}'.");
            }
        }

        return line;
    }
}
