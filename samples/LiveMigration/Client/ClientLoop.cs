using System.Collections.Concurrent;
using System.Net.Sockets;

namespace LiveMigration.Client;

/// <summary>Runs the load on the calling thread and answers the requests that come in by lines.</summary>
public sealed class ClientLoop(Load load, TextReader input, TextWriter output)
{
    private readonly ConcurrentQueue<ClientRequest> _requests = new();

    public void Run()
    {
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
                        Answer(State(request.Do));
                        break;
                    case "measure":
                        Answer(With(Measurement.Of(load.Log, request)));
                        break;
                    case "verify":
                        Answer(Verify(request.Do));
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

    private ClientAnswer State(string request) => With(new ClientAnswer { To = request });

    private ClientAnswer With(ClientAnswer answer) => answer with
    {
        ConnectionSurvived = load.Broken is null,
        Broken = load.Broken,
        Acknowledged = load.Acknowledged,
        WrongReplies = load.WrongReplies,
        FirstWrongReply = load.FirstWrongReply,
    };

    private ClientAnswer Verify(string request)
    {
        while (load.Unanswered && load.Broken is null)
        {
            load.Step(send: false);
        }

        try
        {
            DataCheck check = load.CheckData();
            return State(request) with { LostWrites = check.LostWrites, Checked = check.Items };
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException or FormatException)
        {
            return State(request) with { ConnectionSurvived = false, Broken = load.Broken ?? e.Message };
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
