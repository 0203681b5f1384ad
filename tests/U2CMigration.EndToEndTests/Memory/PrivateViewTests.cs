using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Memory;

/// <summary>Private views of memfds, of shared memory and of files, and what else is private but not plain memory: what the program wrote there travels.</summary>
[Collection<SharedRig>]
public sealed class PrivateViewTests(RigFixture fixture)
{
    private const string OnTmpfs = "/dev/shm/u2c-views";

    private static readonly string[] Kinds =
    [
        "memfd-private", "memfd-beside", "memfd-sealed", "memfd-closed", "anonymous-private", "deleted-file", "deleted-file-read-only", "file", "file-read-only",
        "shm-file", "shm-file-read-only", "dev-zero", "locked", "no-access", "grows-down",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "private views (MAP_PRIVATE) of memfds, shared memory and files, also of deleted and sealed ones", Outcome.Moved)]
    [Shows(Kind.Memory, "locked memory, memory without access, stacks that grow, mappings of /dev/zero", Outcome.Moved)]
    [InlineData(7930, true, "first-touch", "auto")]
    [InlineData(7931, false, "first-touch", "auto")]
    [InlineData(7932, true, "flat-images", "auto")]
    [InlineData(7933, true, "first-touch", "content-hash")]
    public async Task Move_PrivateViewsOfMemoryThatIsNot_EveryPageIsThere(int port, bool hasOwnCgroup, string restoreMode, string tracker)
    {
        Requires.Testbed();
        string file = RepositoryRoot.File("artifacts", $"views-{fixture.Rig.Name}");
        await MakeFilesAsync(file);
        try
        {
            await using RunningWorkload workload = await RunningWorkload.StartAsync(
                fixture.Rig, "views", port, Cancellation, "--file", file, "--shm-file", OnTmpfs);
            (await workload.AskAsync("kinds", Cancellation)).Should().StartWith("ok left out:;").And.ContainAll(Kinds);
            await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--restore-mode", restoreMode);
            if (hasOwnCgroup)
            {
                await workload.PutIntoOwnCgroupAsync(Cancellation);
            }

            long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
            JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation, "--tracker", tracker);

            RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(before);
            result.GetProperty("pagesVerified").GetInt64().Should().BePositive();
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>One that both hosts see, and one on a tmpfs of each.</summary>
    private async Task MakeFilesAsync(string file)
    {
        const string Pages = "head -c 65536 /dev/zero | tr '\\0' F";
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            (await fixture.Rig.ExecAsync(host, ["sh", "-c", $"{Pages} > {OnTmpfs}"], Cancellation)).Successful();
        }

        (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", $"{Pages} > {file}"], Cancellation)).Successful();
    }
}
