using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Tests.Rpc;

/// <summary>CRIU answers with the first error that it met, which need not be a reason to fail.</summary>
public sealed class CriuFailureTests
{
    [Theory]
    [InlineData("rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n", null)]
    [InlineData("(00.000100) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n", null)]
    [InlineData("Dumping FAILED.\n", null)]
    [InlineData("Can't open 47730: No such file or directory\n", "Can't open 47730: No such file or directory")]
    public void ThrowIfFailed_AnsweredWithAnError_HasItAsCauseWhereItIsOne(string message, string? expected)
    {
        var response = new Response { Type = RequestType.Dump, Success = false, CrErrmsg = message };

        Action check = () => CriuFailure.ThrowIfFailed(RequestType.Dump, response, logPath: null, words: null);

        check.Should().Throw<CriuException>().Which.Cause.Should().Be(expected);
    }
}
