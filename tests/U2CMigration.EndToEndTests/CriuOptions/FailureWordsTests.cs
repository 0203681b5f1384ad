using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CriuOptions;

/// <summary>Failures are told in our terms, found as early as they can be, and a retry is recommended only where it may help.</summary>
[Collection<SharedRig>]
public sealed class FailureWordsTests(RigFixture fixture) : BelongingsTest(fixture)
{
    private const string Configuration = "/etc/criu/default.conf";

    [Theory]
    [InlineData(Rig.A, 2)]
    [InlineData(Rig.B, 1)]
    public async Task Send_CriusConfigurationIsWrong_NamesTheLine(string host, int exitCode)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "fifo");
        try
        {
            // A receiver does not start with it.
            MessageOf(await StayedAsync(workload, [], exitCode, listening: () => RunAsync(host, $"echo 'no-such-option 7' > {Configuration}"))).Should().Contain("names the option 'no-such-option'").And.Contain(Configuration);
        }
        finally
        {
            await RunAsync(host, $"rm -f {Configuration}");
        }
    }

    [Fact]
    public async Task Send_RawOptionThatCriuDoesNotKnow_IsRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "fifo");

        JsonElement error = await StayedAsync(workload, ["--criu-option", "no-such-option=7"], exitCode: 2);

        error.GetProperty("phase").GetString().Should().Be("Preflight");
        MessageOf(error).Should().Contain("names the option 'no-such-option'").And.Contain("--criu-option");
    }

    [Fact]
    public async Task Send_RawOption_ReachesCriu()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "watch", "--directory", "/var/tmp");
        await RunAsync(Rig.B, "touch /var/tmp/watched");

        await MovedAsync(workload, ["--criu-option", "--force-irmap", "--criu-option", "irmap-scan-path /var/tmp"]);
    }

    /// <summary>It was slow, or something stood still: it would cost as much downtime again.</summary>
    [Fact]
    public async Task Send_FrozenForTooLong_NamesTheLimitAndRecommendsNoRetry()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "spool", "--mib", "8");

        JsonElement error = await StayedAsync(workload, ["--freeze-timeout-s", "0.2", "--max-mbit", "20"]);

        error.GetProperty("isTransient").GetBoolean().Should().BeFalse();
        MessageOf(error).Should().Contain("frozen for 0.2 s").And.Contain("--freeze-timeout-s").And.Contain("a retry needs the cause removed first");
    }

    [Fact]
    [Shows(Kind.Containers, "processes of other users, where the agent lacks CAP_SYS_RESOURCE", Outcome.Refused, Because = "Their limits cannot be read and set without.", Remedy = "Give the agent CAP_SYS_RESOURCE.")]
    public async Task Send_OtherUserWithoutTheCapabilityForIt_IsRefused()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RigProcess other = Rig.Start(Rig.A, "sh", "-c", "echo pid $$; exec setpriv --reuid=65534 --regid=65534 --clear-groups sleep 1000");
        string pid = (await other.ReadLineAsync("pid", Cancellation)).Split(' ')[1];
        await RunAsync(Rig.A, $"until grep -q '^Uid:.65534' /proc/{pid}/status; do sleep 0.02; done");
        string send = string.Join(' ', Agents.SendCommand($"{Rig.AddressOfB}:9499", int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)));

        await using RigProcess sender = Rig.Start(Rig.A, "setpriv", "--bounding-set=-sys_resource", "sh", "-c", send);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(2);
        ErrorOf(result).Should().Contain($"Process {pid} (sleep) runs as user 65534").And.Contain("CAP_SYS_RESOURCE").And.Contain(StillHere);
    }

    /// <summary>No one on the source can look there.</summary>
    [Fact]
    public async Task Send_RestoreFails_SaysSoAndKeepsTheLogOfTheDestination()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "fifo");

        string said = MessageOf(await StayedAsync(workload, [], receiveOptions: ["--join-namespace", "net=/proc/1/ns/uts"]));

        said.Should().Contain("The destination gave up").And.Contain("CRIU's log is kept on the destination").And.NotContain("/run/u2cmigration", "where it lies is no news for another host");
        string kept = (await Rig.ExecAsync(Rig.B, ["sh", "-c", "ls /run/u2cmigration/*-in.restore.log"], Cancellation)).Successful();
        await KeptLog.CheckAsync(Rig, Rig.B, kept, "-in.restore.log", Cancellation);
    }

    /// <summary>Only what CRIU logs tells; only the newest logs stay.</summary>
    [Fact]
    public async Task Send_FailsOften_KeepsTheNewestLogs()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "fifo");
        string make = "for i in 0 1 2 3 4 5 6 7 8 9 a b; do f=/run/u2cmigration/${i}0000000000000000000000000000000.dump.log; echo old > $f; touch -d '1 hour ago' $f; done";
        await RunAsync(Rig.A, $"mkdir -p /run/u2cmigration && {make} && echo mine > /run/u2cmigration/other.log");

        await KeptLog.CheckAsync(Rig, Rig.A, MessageOf(await StayedAsync(workload, ["--criu-option", "cgroup-props-file=/no/such/file"])), ".dump.log", Cancellation);

        (await Rig.ExecAsync(Rig.A, ["sh", "-c", "ls /run/u2cmigration/*.dump.log | wc -l; ls /run/u2cmigration/other.log"], Cancellation))
            .Successful().Should().Be("10\n/run/u2cmigration/other.log");
    }
}
