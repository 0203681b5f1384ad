using System.Globalization;
using System.Net;
using KeyValueProtocols;
using TraceLab.Load;

namespace TraceLab.Workloads;

/// <summary>A key-value server that was filled to a size, and a client that works on it.</summary>
internal sealed class KeyValueWorkload : IWorkload
{
    private readonly StartedProgram _program;
    private readonly KeyValueLoad _load;
    private readonly string _client;

    private KeyValueWorkload(StartedProgram program, IPEndPoint endpoint, IKeyValueProtocol protocol, int memoryMebibytes, Mix mix, long perSecond)
    {
        _program = program;
        try
        {
            ServerProbe.Await(endpoint, program);
            var connection = new KeyValueConnection(protocol, endpoint);
            int keys = Fill(connection, memoryMebibytes);
            _client = string.Create(
                CultureInfo.InvariantCulture,
                $"client: {mix.Name} ({mix.Updates:P0} updates, {mix.Inserts:P0} inserts, {mix.Keys} keys), {keys} keys of {KeyValueConnection.ValueBytes} bytes, {(perSecond == 0 ? "as fast as it can" : $"{perSecond} operations/s")}");
            _load = new KeyValueLoad(connection, new Operations(mix, keys, seed: 1), perSecond);
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    public int ProcessId => _program.ProcessId;

    public string Command => $"{_program.Command}; {_client}";

    public long? Done => _load.Done;

    internal static KeyValueWorkload Redis(int memoryMebibytes, Mix mix, long perSecond)
    {
        IPEndPoint endpoint = ServerProbe.Free();
        string port = endpoint.Port.ToString(CultureInfo.InvariantCulture);
        return new KeyValueWorkload(
            new StartedProgram("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
            endpoint, new RedisProtocol(), memoryMebibytes, mix, perSecond);
    }

    internal static KeyValueWorkload Memcached(int memoryMebibytes, Mix mix, long perSecond)
    {
        IPEndPoint endpoint = ServerProbe.Free();
        string port = endpoint.Port.ToString(CultureInfo.InvariantCulture);
        // Twice the memory, so that inserts do not push anything out.
        string limit = (2 * memoryMebibytes).ToString(CultureInfo.InvariantCulture);
        return new KeyValueWorkload(
            new StartedProgram("memcached", "-u", "root", "-l", "127.0.0.1", "-p", port, "-U", "0", "-t", "2", "-m", limit),
            endpoint, new MemcachedProtocol(), memoryMebibytes, mix, perSecond);
    }

    public void ThrowIfBroken()
    {
        _program.ThrowIfEnded();
        _load.ThrowIfBroken();
    }

    public void Dispose()
    {
        _load.Dispose();
        _program.Dispose();
    }

    /// <summary>Puts keys in until the process has the size; returns how many.</summary>
    private int Fill(KeyValueConnection connection, int memoryMebibytes)
    {
        int keys = 0;
        while (ResidentBytes() < (long)memoryMebibytes << 20)
        {
            for (int i = 0; i < KeyValueConnection.MostRequests; i++)
            {
                connection.Store(keys++, 0);
            }

            connection.Exchange();
        }

        return keys;
    }

    /// <summary>Second field of <c>/proc/PID/statm</c> (proc_pid_statm(5)).</summary>
    private long ResidentBytes()
    {
        string statm = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/statm"));
        return long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
