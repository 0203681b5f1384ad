using System.Globalization;
using System.Net;

namespace LiveMigration.Tests.Client.KeyValue;

/// <summary>As much of memcached as the load uses, with a memory that tests can damage.</summary>
internal sealed class FakeMemcached : IDisposable
{
    private readonly Dictionary<string, string> _values = new() { ["counter"] = "0" };
    private readonly FakeServer _server;

    internal FakeMemcached() => _server = new FakeServer(Answer);

    internal IPEndPoint Endpoint => _server.Endpoint;

    /// <summary>Changes what is stored; no request may be under way.</summary>
    internal void Damage(Action<Dictionary<string, string>> damage) => damage(_values);

    public void Dispose() => _server.Dispose();

    private string Answer(string line, TextReader rest)
    {
        string[] words = line.Split(' ');
        switch (words[0])
        {
            case "set":
                char[] value = new char[int.Parse(words[4], CultureInfo.InvariantCulture)];
                rest.ReadBlock(value);
                rest.ReadLine();
                _values[words[1]] = new string(value);
                return "STORED\r\n";
            case "incr":
                long counter = long.Parse(_values[words[1]], CultureInfo.InvariantCulture) + 1;
                _values[words[1]] = counter.ToString(CultureInfo.InvariantCulture);
                return $"{counter}\r\n";
            default:
                return _values.TryGetValue(words[1], out string? stored) ? $"VALUE {words[1]} 0 {stored.Length}\r\n{stored}\r\nEND\r\n" : "END\r\n";
        }
    }
}
