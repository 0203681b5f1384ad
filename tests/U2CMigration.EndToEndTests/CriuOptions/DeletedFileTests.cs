using System.Text.Json;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CriuOptions;

/// <summary>Files that are open and have no name any more: their content travels, within a limit that is known beforehand.</summary>
[Collection<SharedRig>]
public sealed class DeletedFileTests(RigFixture fixture) : BelongingsTest(fixture)
{
    private const string Configuration = "/etc/criu/default.conf";

    [Fact]
    [Shows(Kind.Files, "deleted files that are open: programs and libraries, sparse and nameless ones, directories, FIFOs with data, unix sockets", Outcome.Moved, Because = "Up to 512 MiB each.")]
    public async Task Move_DeletedFilesOfEveryKind_AreAsBefore()
    {
        Requires.Testbed();
        string[] kinds = ["upgraded", "spool", "several", "sparse", "nameless", "place", "fifo", "socket"];
        await using RunningWorkload workload = await StartAsync([.. kinds.SelectMany(static kind => (string[])["--with", kind]), "--mib", "8"]);

        (await MovedAsync(workload, [])).Should().Be($"ok kinds={kinds.Length}");
    }

    [Fact]
    [Shows(Kind.Files, "a deleted file above the limit", Outcome.Refused, Remedy = "Raise the limit (CriuSettings.DeletedFileLimitBytes, agent: --deleted-file-limit-mib), or let the workload close it.")]
    public async Task Send_FileAboveTheLimit_IsRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "spool", "--mib", "8");

        JsonElement error = await StayedAsync(workload, ["--deleted-file-limit-mib", "4"], exitCode: 2);

        error.GetProperty("phase").GetString().Should().Be("Preflight");
        MessageOf(error).Should().Contain($"Process {workload.ProcessId} (belongings) has the deleted file /tmp/spool of 8 MiB open, and the limit is 4 MiB")
            .And.Contain("--deleted-file-limit-mib");
    }

    /// <summary>The administrator's file has its say where the caller has not: its limit is not overwritten, neither by a higher nor by a lower one.</summary>
    [Fact]
    public async Task Send_LimitInCriusConfiguration_IsTheOneInForce()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("--with", "spool", "--mib", "8");
        try
        {
            await RunAsync(Rig.A, $"echo 'ghost-limit 2M' > {Configuration}");
            MessageOf(await StayedAsync(workload, [], exitCode: 2)).Should().Contain("the limit is 2 MiB");

            // What CRIU itself is told: were it our default, it would dump the file that the raw line forbids.
            await RunAsync(Rig.A, $"echo 'ghost-limit 9M' > {Configuration}");
            await MovedAsync(workload, []);
        }
        finally
        {
            await RunAsync(Rig.A, $"rm -f {Configuration}");
        }
    }

    [Fact]
    [Shows(Kind.Files, "a deleted file that has other names left", Outcome.MovedWithAnOption, Remedy = "Put its directory on storage that both hosts see.", Option = "CriuSettings.LinkRemap (agent: --link-remap)")]
    public async Task Send_DeletedFileWithAnotherNameLeft_MovesOnlyWithLinkRemap()
    {
        Requires.Testbed();

        // Below the checkout, which both hosts see.
        string shared = RepositoryRoot.File("artifacts", "test-images", "link-remap");
        Directory.CreateDirectory(shared);
        try
        {
            await using RunningWorkload workload = await StartAsync("--with", "linked", "--directory", shared);

            MessageOf(await StayedAsync(workload, [], exitCode: 2)).Should().Contain("was deleted under this name and has other names left").And.Contain("--link-remap");
            await MovedAsync(workload, ["--link-remap"]);

            Directory.GetFiles(shared).Should().ContainSingle("the name for the time of the migration is gone").Which.Should().EndWith("linked.other");
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }
}
