using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Rpc;

/// <summary>What replies of CRIU say. A part that is missing is a failure of CRIU, with a sentence, and not of ours.</summary>
internal static class CriuReplies
{
    internal static CriuVersion VersionOf(Response response)
    {
        var version = response.Version ?? throw Lacks(response.Type, "a version");
        return new CriuVersion(version.MajorNumber, version.MinorNumber, version.Sublevel, version.HasGitid ? version.Gitid : null);
    }

    internal static CriuFeatures FeaturesOf(Response response)
    {
        var features = response.Features ?? throw Lacks(response.Type, "features");
        return new CriuFeatures(features.MemTrack, features.LazyPages, features.PidfdStore);
    }

    internal static CriuPageServerProcess PageServerOf(Response response)
    {
        var server = response.Ps ?? throw Lacks(response.Type, "a page server");
        return new CriuPageServerProcess(server.Pid, server.Port);
    }

    internal static CriuNotification NotificationOf(Notification? notify) =>
        notify is null ? throw Lacks(RequestType.Notify, "a name") : CriuNotification.From(notify.Script, notify.Pid);

    private static CriuException Lacks(RequestType type, string what)
    {
        string request = CriuFailure.NameOf(type);
        return new CriuException($"CRIU answered the request {request} without {what}. Is another program installed under its name? 'criu --version' tells.", request);
    }
}
