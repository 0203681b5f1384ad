using System.Collections.Concurrent;
using System.Net;

namespace LiveMigration.Client;

/// <summary>Runs the load on the calling thread and answers the requests that come in by lines.</summary>
public sealed class ClientLoop(IPEndPoint server, int keys, double perSecond, TextReader input, TextWriter output)
{
    private readonly ConcurrentQueue<ClientRequest> _requests = new();

    public void Run()
    {
        using var load = new WriteLoad(server, keys, perSecond);
        Answer(new ClientAnswer { To = "connected", ConnectionSurvived = true });
        var reader = new Thread(ReadRequests) { IsBackground = true };
        reader.Start();
        bool writing = false;
        bool running = true;
        while (running)
        {
            if (_requests.TryDequeue(out ClientRequest? request))
            {
                switch (request.Do)
                {
                    case "start":
                        load.Begin();
                        writing = true;
                        Answer(State(load, request.Do));
                        break;
                    case "measure":
                        Answer(With(Measurement.Of(load.Log, request), load));
                        break;
                    case "verify":
                        Answer(Verify(load, request.Do));
                        load.Begin();
                        break;
                    default:
                        running = false;
                        break;
                }
            }
            else
            {
                load.Step(writing);
            }
        }
    }

    private static ClientAnswer State(WriteLoad load, string request) => With(new ClientAnswer { To = request }, load);

    private static ClientAnswer With(ClientAnswer answer, WriteLoad load) => answer with
    {
        ConnectionSurvived = load.Broken is null,
        Broken = load.Broken,
        Acknowledged = load.Ledger.Acknowledged,
        WrongReplies = load.WrongReplies,
        FirstWrongReply = load.FirstWrongReply,
    };

    private ClientAnswer Verify(WriteLoad load, string request)
    {
        while (load.Unanswered && load.Broken is null)
        {
            load.Step(send: false);
        }

        try
        {
            ReadBack readBack = load.ReadBack(server);
            return State(load, request) with { LostWrites = readBack.LostWrites, KeysReadBack = readBack.Keys };
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or FormatException)
        {
            return State(load, request) with { ConnectionSurvived = false, Broken = load.Broken ?? e.Message };
        }
    }

    private void ReadRequests()
    {
        while (input.ReadLine() is { } line)
        {
            _requests.Enqueue(ClientJson.ReadRequest(line));
        }

        // The demo is gone.
        _requests.Enqueue(new ClientRequest { Do = "stop" });
    }

    private void Answer(ClientAnswer answer)
    {
        output.WriteLine(ClientJson.Write(answer));
        output.Flush();
    }
}
