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
