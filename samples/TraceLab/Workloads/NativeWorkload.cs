using System.Globalization;
using System.Net;

namespace TraceLab.Workloads;

/// <summary>One of the programs of native/.</summary>
internal sealed class NativeWorkload : IWorkload
{
    private readonly StartedProgram _program;

    internal NativeWorkload(string name, int memoryMebibytes, long rate)
    {
        IPEndPoint endpoint = ServerProbe.Free();
        _program = new StartedProgram(
            Checkout.File("artifacts", "native", name),
            "--listen", endpoint.ToString(),
            "--memory-mib", memoryMebibytes.ToString(CultureInfo.InvariantCulture),
            "--rate", rate.ToString(CultureInfo.InvariantCulture));
        try
        {
            // It listens before it has made its data, and answers only afterwards.
            ServerProbe.Await(endpoint, _program);
            Ask(endpoint, "check");
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    public int ProcessId => _program.ProcessId;

    public string Command => _program.Command;

    public long? Done => null;

    public void ThrowIfBroken() => _program.ThrowIfEnded();

    public void Dispose() => _program.Dispose();

    private static void Ask(IPEndPoint endpoint, string command)
    {
        using var client = new System.Net.Sockets.TcpClient();
        client.Connect(endpoint);
        using var reader = new StreamReader(client.GetStream());
        client.GetStream().Write(System.Text.Encoding.ASCII.GetBytes(command + "\n"));
        string? answer = reader.ReadLine();
        if (answer?.StartsWith("ok ", StringComparison.Ordinal) != true)
        {
            throw new IOException($"The workload answered '{answer}'.");
        }
    }
}
