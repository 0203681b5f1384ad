namespace U2CMigration.Testing.Showing;

/// <summary>What becomes of a thing that a workload has when the workload is moved.</summary>
public enum Outcome
{
    /// <summary>It is at the destination as it was.</summary>
    Moved,

    /// <summary>It is at the destination as it was; CRIU's images do not have it, or have it wrong.</summary>
    CarriedBeside,

    /// <summary>The workload moves without it, and the result names or counts it.</summary>
    LeftBehindAndNamed,

    /// <summary>The workload is refused, unless the caller allows it to go without the thing; the result then names it.</summary>
    GivenUpIfAllowed,

    /// <summary>The workload is refused, unless an option of CRIU is set with which it moves.</summary>
    MovedWithAnOption,

    /// <summary>The workload is refused before anything is touched.</summary>
    Refused,

    /// <summary>It is found in the freeze, and the workload runs on at the source.</summary>
    RolledBack,
}
