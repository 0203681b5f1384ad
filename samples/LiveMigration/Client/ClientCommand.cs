using System.CommandLine;
using System.Net;

namespace LiveMigration.Client;

/// <summary>The two commands that the demo runs in the hosts of the rig. They are not for people and do not show in the help.</summary>
public static class ClientCommand
{
    /// <summary>The client: one connection, a load on it, requests and answers by JSON lines.</summary>
    public static Command CreateClient()
    {
        var server = new Option<string>("--server") { Required = true };
        var keys = new Option<int>("--keys") { Required = true };
        var rate = new Option<double>("--rate") { Required = true };
        var command = new Command("client") { server, keys, rate };
        command.Hidden = true;
        command.SetAction(parsed =>
            new ClientLoop(IPEndPoint.Parse(parsed.GetValue(server)!), parsed.GetValue(keys), parsed.GetValue(rate), Console.In, Console.Out).Run());
        return command;
    }

    /// <summary>Fills a server; prints the number of keys.</summary>
    public static Command CreateFill()
    {
        var server = new Option<string>("--server") { Required = true };
        var processId = new Option<int>("--pid") { Required = true };
        var bytes = new Option<long>("--bytes") { Required = true };
        var command = new Command("fill") { server, processId, bytes };
        command.Hidden = true;
        command.SetAction(parsed => Console.WriteLine(Filling.Run(IPEndPoint.Parse(parsed.GetValue(server)!), parsed.GetValue(processId), parsed.GetValue(bytes))));
        return command;
    }
}
