namespace U2CMigration.Criu.Options;

/// <summary>What CRIU does about control groups.</summary>
public enum CriuCgroupMode
{
    /// <summary>What CRIU does when it is told nothing.</summary>
    CriuDefault = -1,

    /// <summary>Neither dumped nor restored; the quickest.</summary>
    Ignore = 0,

    /// <summary>Tasks are put into groups that have to exist.</summary>
    None = 1,

    /// <summary>As <see cref="None"/>, and the properties of the groups are restored.</summary>
    Properties = 2,

    /// <summary>Groups are made where missing; properties only of those.</summary>
    Soft = 3,

    /// <summary>Groups are made where missing; properties are always restored.</summary>
    Full = 4,

    /// <summary>As <see cref="Full"/>; fails when a group exists.</summary>
    Strict = 5,
}
