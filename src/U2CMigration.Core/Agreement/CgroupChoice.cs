using U2CMigration.Criu.Configuration;
using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Agreement;

/// <summary>What CRIU is told about control groups.</summary>
internal static class CgroupChoice
{
    /// <summary>The mode; nothing is said where the default would override what the administrator has written for CRIU.</summary>
    public static CriuCgroupMode Of(CriuCgroupMode wanted, CriuConfiguration configuration) =>
        wanted == CriuCgroupMode.Ignore && configuration.Has("manage-cgroups") ? CriuCgroupMode.CriuDefault : wanted;
}
