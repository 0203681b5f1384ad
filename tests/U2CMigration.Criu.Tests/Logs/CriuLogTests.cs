using U2CMigration.Criu.Logs;

namespace U2CMigration.Criu.Tests.Logs;

public sealed class CriuLogTests
{
    private const string Log = """
        (00.000010) Version: 4.2.1 (gitid 0)
        (00.000100) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
        (00.002000) Dumping task (pid: 5)
        (00.003000) 	fd 7: anon_inode:[userfaultfd]
        (00.003100) Error (criu/files-ext.c:98): Can't dump file 7 of that type [600] (unknown anon_inode:[userfaultfd])
        (00.003200) ----------------------------------------
        (00.004000) Error (criu/cr-dump.c:1975): Dumping FAILED.
        """;

    [Fact]
    public void FirstError_Log_LeavesOutTimeAndPlace() =>
        CriuLog.FirstError(Log).Should().Be("Can't dump file 7 of that type [600] (unknown anon_inode:[userfaultfd])");

    [Fact]
    public void FirstError_OnlyTheSummary_IsNoReason() => CriuLog.FirstError("(00.5) Error (criu/cr-dump.c:1975): Dumping FAILED.").Should().BeNull();

    [Theory]
    [InlineData("(00.012345)    161: Error (criu/files-reg.c:2317): File tmp/a has bad size 5 (expect 6)", 161, "File tmp/a has bad size 5 (expect 6)")]
    [InlineData("(00.012345) pie: 162: Error (criu/pie/restorer.c:1): mmap failed.", 162, "mmap failed")]
    [InlineData("(00.012345) Error (criu/cr-dump.c:1): Can't get rlimit 0: Operation not permitted", 0, "Can't get rlimit 0: Operation not permitted")]
    public void Cause_Line_HasItsProcess(string line, int processId, string text) => CriuLog.Cause(line).Should().Be(new ErrorLine(text, processId));

    [Fact]
    public void Extract_Log_GivesErrorsWithTheLinesBefore() =>
        CriuLog.Extract(Log)!.Split('\n').Should().HaveCount(5).And.NotContain(line => line.Contains("Version") || line.Contains("RLIMIT"));

    [Fact]
    public void Extract_LogWithoutErrors_IsNull() => CriuLog.Extract("(00.1) fine\n").Should().BeNull();

    [Fact]
    public void ReadErrors_MissingFile_IsNull() => CriuLog.ReadErrors("/nowhere/dump.log").Should().BeNull();

    [Fact]
    public void ReadErrors_LargeLog_ReadsItsEnd()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["dump.log"], string.Concat(Enumerable.Repeat("(00.000010) filler\n", 40_000)) + Log);
        CriuLog.ReadErrors(directory["dump.log"]).Should().Contain("files-ext.c:98");
    }
}
