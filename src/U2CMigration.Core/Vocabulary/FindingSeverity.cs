namespace U2CMigration.Core.Inventory;

/// <summary>What a finding means for a migration.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is lost.</summary>
    Information,

    /// <summary>It cannot come along, and an option allows to give it up; it is named in the result.</summary>
    GivenUp,

    /// <summary>The migration is refused before anything is touched.</summary>
    Refused,
}
