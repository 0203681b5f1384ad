using U2CMigration.EndToEndTests.Migration;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.SharedFiles;

/// <summary>Moves process trees without an address between the hosts of a rig, in both directions.</summary>
internal sealed class Carrier : IAsyncDisposable
{
    private const string Port = "9412";

    private readonly Rig _rig;
    private readonly string _from;

    private Carrier(Rig rig, string from, RigProcess receiver) => (_rig, _from, Receiver) = (rig, from, receiver);

    public RigProcess Receiver { get; }

    public static async Task<Carrier> StartAsync(Rig rig, string from, CancellationToken cancellationToken, params string[] options)
    {
        string to = from == Rig.A ? Rig.B : Rig.A;
        RigProcess receiver = rig.Start(to, [.. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Port}", "--allow-unauthenticated", "--json-lines", .. options]);
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        return new Carrier(rig, from, receiver);
    }

    public RigProcess StartSending(int processId, params string[] options) =>
        StartSendingTo($"{(_from == Rig.A ? Rig.AddressOfB : Rig.AddressOfA)}:{Port}", processId, options);

    public RigProcess StartSendingTo(string endpoint, int processId, params string[] options) =>
        _rig.Start(_from, [.. ProgramInHosts.Agent, "send", "--pid", $"{processId}", "--to", endpoint, "--allow-unauthenticated", "--json-lines", .. options]);

    /// <summary>Moves a tree, and compares its memory.</summary>
    public static async Task MoveAsync(Rig rig, string from, int processId, CancellationToken cancellationToken, params string[] receiverOptions)
    {
        await using Carrier carrier = await StartAsync(rig, from, cancellationToken, receiverOptions);
        await using RigProcess sender = carrier.StartSending(processId, "--verify");
        (await sender.WaitAsync(cancellationToken)).Successful().Should().Contain("\"pagesMismatched\":0");
    }

    public ValueTask DisposeAsync() => Receiver.DisposeAsync();
}
