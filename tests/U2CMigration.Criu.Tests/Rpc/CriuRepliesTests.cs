using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Tests.Rpc;

/// <summary>Replies that lack what they are for, as of another program that was installed under CRIU's name.</summary>
public sealed class CriuRepliesTests
{
    private static readonly Response Empty = new() { Type = RequestType.Version, Success = true };

    public static TheoryData<string> Parts => new("a version", "features", "a page server", "a name");

    [Theory]
    [MemberData(nameof(Parts))]
    public void Take_PartThatIsNotThere_IsAFailureOfCriu(string part)
    {
        Action take = part switch
        {
            "a version" => static () => CriuReplies.VersionOf(Empty),
            "features" => static () => CriuReplies.FeaturesOf(Empty),
            "a page server" => static () => CriuReplies.PageServerOf(Empty),
            _ => static () => CriuReplies.NotificationOf(Empty.Notify),
        };

        take.Should().Throw<CriuException>().WithMessage($"*without {part}.*");
    }
}
