using System.CommandLine;
using System.Net;
using LiveMigration.Client.KeyValue;
using LiveMigration.Client.Service;
using LiveMigration.Client.Worker;
using LiveMigration.Workloads;

namespace LiveMigration.Client;

/// <summary>The two commands that the demo runs in the hosts of the rig. They are not for people and do not show in the help.</summary>
public static class ClientCommand
{
    /// <summary>The client: one connection, a load on it, requests and answers by JSON lines.</summary>
    public static Command CreateClient()
    {
        Option<string> workload = Required<string>("--workload");
        Option<string> server = Required<string>("--server");
        Option<int> keys = Required<int>("--keys");
        Option<double> rate = Required<double>("--rate");
        var command = new Command("client") { workload, server, keys, rate };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            KnownWorkload known = WorkloadCatalogue.Find(parsed.GetValue(workload)!);
            if (known.Service is { } service)
            {
                new ServiceLoop(service.Path(Repository.Find()), Console.In, Console.Out).Run();
                return;
            }

            IPEndPoint endpoint = IPEndPoint.Parse(parsed.GetValue(server)!);
            using Load load = known.Protocol is { } protocol
                ? new WriteLoad(protocol, endpoint, parsed.GetValue(keys), parsed.GetValue(rate))
                : new ProgressLoad(endpoint);
            new ClientLoop(load, Console.In, Console.Out).Run();
        });
        return command;
    }

    /// <summary>Waits until a workload that was started is ready, and fills it if it is a server; prints the number of keys.</summary>
    public static Command CreatePrepare()
    {
        Option<string> workload = Required<string>("--workload");
        Option<int> processId = Required<int>("--pid");
        Option<long> bytes = Required<long>("--bytes");
        var command = new Command("prepare") { workload, processId, bytes };
        command.Hidden = true;
        command.SetAction(parsed => Console.WriteLine(
            new Preparation(WorkloadCatalogue.Find(parsed.GetValue(workload)!), parsed.GetValue(processId)).Run(parsed.GetValue(bytes))));
        return command;
    }

    private static Option<T> Required<T>(string name) => new(name) { Required = true };
}
