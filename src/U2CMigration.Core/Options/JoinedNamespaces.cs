using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Options;

/// <summary>The namespaces that a restore puts a workload into.</summary>
internal static class JoinedNamespaces
{
    public static RequiredNamespaces Of(IEnumerable<CriuJoinNamespace> joined)
    {
        RequiredNamespaces all = RequiredNamespaces.None;
        foreach (CriuJoinNamespace one in joined)
        {
            all |= one.Kind switch
            {
                "pid" => RequiredNamespaces.Pid,
                "mnt" => RequiredNamespaces.Mount,
                "net" => RequiredNamespaces.Network,
                "ipc" => RequiredNamespaces.Ipc,
                "uts" => RequiredNamespaces.Uts,
                "user" => RequiredNamespaces.User,
                _ => RequiredNamespaces.None,
            };
        }

        return all;
    }
}
