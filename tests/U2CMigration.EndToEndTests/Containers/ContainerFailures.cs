using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>What can fail while a container is moved, for every runtime: it runs on under its runtime on the source, and nothing of it is on the destination.</summary>
internal static class ContainerFailures
{
    private const string KillSender = "pkill -KILL -f '[M]igrationAgent(.dll)? send'";
    private const string KillReceiver = "pkill -KILL -f '[M]igrationAgent(.dll)? receive'";

    /// <summary>In front of the PATH of a receiver.</summary>
    private const string Wrappers = "/tmp/wrappers";

    /// <summary>CRIU calls it for each tmpfs that it restores: in the middle of the restore, where it waits until it is killed.</summary>
    private const string Tar = $"""
        #!/bin/sh
        touch {Wrappers}/restoring
        sleep 100
        """;

    private const string KillRestoringCriu = $"until [ -e {Wrappers}/restoring ]; do sleep 0.01; done; pkill -KILL -x criu";

    /// <summary>Makes another container of the same name when the runtime is called for the restore: after the receiver has looked whether the name is free.</summary>
    private const string Wrapper = """
        #!/bin/sh
        case " $* " in *" restore "*) ( PATH=/usr/sbin:/usr/bin:/sbin:/bin; ANOTHER ) ;; esac
        exec /usr/bin/RUNTIME "$@"
        """;

    /// <summary>When what is killed, by a command on which host.</summary>
    private static (MessageType At, string Host, string Kill) Of(string what, string runtime) => what switch
    {
        "runtime" => (MessageType.Frozen, Rig.B, $"pkill -KILL -x {runtime}"),
        "low runtime" => (MessageType.Frozen, Rig.B, "pkill -KILL -x crun"),
        "conmon" => (MessageType.Frozen, Rig.B, "pkill -KILL -x conmon"),
        "stub" => (MessageType.Frozen, Rig.B, "pkill -KILL -x criu"),
        "sender in the freeze" => (MessageType.Frozen, Rig.A, KillSender),
        "sender in the hold" => (MessageType.Restored, Rig.A, KillSender),
        "receiver in the wait" => (MessageType.Frozen, Rig.B, KillReceiver),
        "receiver in the hold" => (MessageType.Restored, Rig.B, KillReceiver),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    public static async Task KilledAsync(Rig rig, IMovingContainer container, string what, CancellationToken cancellationToken)
    {
        (MessageType at, string host, string kill) = Of(what, container.Runtime);
        string[] before = await HostTraces.ReadAsync(rig, Rig.B, cancellationToken);
        await container.IncrementAsync(cancellationToken);
        await using (Agents agents = await Agents.StartAsync(rig, cancellationToken, "--containers", container.Runtime, "--count", "0"))
        await using (Link link = await Link.StartAsync(rig, at, cancellationToken))
        await using (RigProcess sender = container.StartSendingTo(link.Endpoint, Agents.Silence, "30"))
        {
            await link.ReachedAsync(sender, cancellationToken);

            (await rig.ExecAsync(host, ["sh", "-c", kill], cancellationToken)).Successful();
            await (kill == KillSender || kill == KillReceiver ? link.CutAsync(cancellationToken) : link.PassAsync(cancellationToken));

            (await sender.WaitAsync(cancellationToken)).ExitCode.Should().NotBe(0);
            await StayedAsync(container, cancellationToken);

            // What one that was killed cannot remove, the next one does.
            await using Agents? next = kill == KillReceiver ? await Agents.StartAsync(rig, cancellationToken, "--containers", container.Runtime, "--count", "0") : null;
            await HostTraces.AwaitAsync(rig, Rig.B, before, cancellationToken);
        }
    }

    public static async Task CriuKilledAsync(Rig rig, IMovingContainer container, CancellationToken cancellationToken)
    {
        string[] before = await HostTraces.ReadAsync(rig, Rig.B, cancellationToken);
        await container.IncrementAsync(cancellationToken);
        await using (RigProcess receiver = await StartReceiverAsync(rig, container.Runtime, "tar", Tar, cancellationToken))
        await using (RigProcess sender = container.StartSendingTo($"{Rig.AddressOfB}:{Agents.Port}"))
        {
            (await rig.ExecAsync(Rig.B, ["sh", "-c", KillRestoringCriu], cancellationToken)).Successful();

            (await sender.WaitAsync(cancellationToken)).ExitCode.Should().Be(1);
            await StayedAsync(container, cancellationToken);
            await HostTraces.AwaitAsync(rig, Rig.B, before, cancellationToken);
        }
    }

    public static async Task NameTakenAsync(Rig rig, IMovingContainer container, CancellationToken cancellationToken)
    {
        string wrapper = Wrapper.Replace("ANOTHER", container.MakeAnother, StringComparison.Ordinal).Replace("RUNTIME", container.Runtime, StringComparison.Ordinal);
        await container.IncrementAsync(cancellationToken);
        await using RigProcess receiver = await StartReceiverAsync(rig, container.Runtime, container.Runtime, wrapper, cancellationToken);
        await using RigProcess sender = container.StartSendingTo($"{Rig.AddressOfB}:{Agents.Port}");
        CommandResult result = await sender.WaitAsync(cancellationToken);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        await StayedAsync(container, cancellationToken);
        (await container.StatusAsync(Rig.B, cancellationToken)).Should().Be("created", "the other one is left alone");
    }

    /// <summary>Starts a receiver for which a program is another one.</summary>
    private static async Task<RigProcess> StartReceiverAsync(Rig rig, string runtime, string program, string script, CancellationToken cancellationToken)
    {
        string install = $"rm -rf {Wrappers}; mkdir -p {Wrappers} && printf '%s\\n' \"$0\" >{Wrappers}/{program} && chmod 755 {Wrappers}/{program}";
        (await rig.ExecAsync(Rig.B, ["sh", "-c", install, script], cancellationToken)).Successful();
        RigProcess receiver = rig.Start(
            Rig.B,
            [
                "env", $"PATH={Wrappers}:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin", .. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Agents.Port}",
                "--address", Agents.Address, "--containers", runtime, "--allow-unauthenticated", "--json-lines",
            ]);
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        return receiver;
    }

    private static async Task StayedAsync(IMovingContainer container, CancellationToken cancellationToken)
    {
        (await container.IncrementAsync(cancellationToken)).Should().Be(2);
        (await container.StatusAsync(Rig.A, cancellationToken)).Should().Be("running");
        (await container.ExecAsync(Rig.A, cancellationToken, "/bin/cat", "/proc/1/comm")).Successful().Should().Be("redis-server");
    }
}
