using System.Globalization;

namespace U2CMigration.Criu.Versions;

/// <summary>A version of CRIU; versions are ordered by major, minor and sublevel number.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second number.</param>
/// <param name="Sublevel">The third number; 0 when there is none.</param>
/// <param name="GitId">The commit it was built from, or null for a release.</param>
public readonly record struct CriuVersion(int Major, int Minor, int Sublevel = 0, string? GitId = null) : IComparable<CriuVersion>
{
    /// <summary>The first release whose page server protocol has 32-byte headers.</summary>
    public static CriuVersion WideHeaders { get; } = new(4, 2);

    /// <summary>The first release that can leave the network alone (<see cref="Options.CriuNetworkLock.Skip"/>).</summary>
    public static CriuVersion NetworkLockSkip { get; } = new(3, 19);

    /// <summary>The oldest release that this library was tried with.</summary>
    public static CriuVersion Oldest { get; } = new(3, 17);

    /// <inheritdoc/>
    public int CompareTo(CriuVersion other) => (Major, Minor, Sublevel).CompareTo((other.Major, other.Minor, other.Sublevel));

    /// <summary>Whether one version is older than another.</summary>
    /// <param name="left">The first version.</param>
    /// <param name="right">The second version.</param>
    public static bool operator <(CriuVersion left, CriuVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether one version is newer than another.</summary>
    /// <param name="left">The first version.</param>
    /// <param name="right">The second version.</param>
    public static bool operator >(CriuVersion left, CriuVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether one version is as old as another or older.</summary>
    /// <param name="left">The first version.</param>
    /// <param name="right">The second version.</param>
    public static bool operator <=(CriuVersion left, CriuVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one version is as new as another or newer.</summary>
    /// <param name="left">The first version.</param>
    /// <param name="right">The second version.</param>
    public static bool operator >=(CriuVersion left, CriuVersion right) => left.CompareTo(right) >= 0;

    /// <summary>The version as CRIU writes it, for example <c>4.2.1</c>.</summary>
    /// <returns>The numbers with dots; the third only when it is not 0; the commit in brackets when there is one.</returns>
    public override string ToString()
    {
        string numbers = Sublevel == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}")
            : string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Sublevel}");
        return GitId is null ? numbers : $"{numbers} ({GitId})";
    }
}
