using System.Diagnostics;

namespace LiveMigration.Client.Service;

/// <summary>Answers the requests of the demo from what the client of a service tells.</summary>
public sealed class ServiceLoop(string script, TextReader input, TextWriter output)
{
    private ServiceReport _last = new(0, 0, 0, 0);
    private long _lastAt;
    private string? _broken;

    public void Run()
    {
        using var load = new ServiceLoad(script);
        Answer(State("connected"));
        while (input.ReadLine() is { } line && ClientJson.ReadRequest(line) is { Do: not "stop" } request)
        {
            long before = _last.Answers;
            long since = _lastAt;
            Take(request.Do == "finish" ? load.End : load.Report);
            ClientAnswer answer = State(request.Do);
            Answer(request.Do switch
            {
                "measure" => answer with { GapMs = _last.LongestStallMs, OperationsBefore = since == 0 ? 0 : (_last.Answers - before) / Stopwatch.GetElapsedTime(since, _lastAt).TotalSeconds },

                // Each answer was held against what was stored before; rows and sums follow in the end.
                "verify" or "finish" => answer with { LostWrites = _broken is null ? _last.Wrong : null, Checked = _last.Answers },
                _ => answer,
            });
        }
    }

    private void Take(Func<ServiceReport> ask)
    {
        try
        {
            if (_broken is null)
            {
                _last = ask();
            }
        }
        catch (IOException e)
        {
            _broken = e.Message;
        }

        _lastAt = Stopwatch.GetTimestamp();
    }

    private ClientAnswer State(string request) => new()
    {
        To = request,
        ConnectionSurvived = _broken is null && _last.Lost == 0,
        Broken = _broken ?? (_last.Lost > 0 ? $"{_last.Lost} connections were lost." : null),
        Acknowledged = _last.Answers,
        WrongReplies = _last.Wrong,
        FirstWrongReply = _last.Wrong > 0 ? "the client's output has it" : null,
    };

    private void Answer(ClientAnswer answer)
    {
        output.WriteLine(ClientJson.Write(answer));
        output.Flush();
    }
}
