namespace U2CMigration.Core.Convergence;

/// <summary>What happens when a migration can not get below the downtime limit: the workload writes faster than the link carries.</summary>
public enum NonConvergence
{
    /// <summary>The workload is stopped anyway; the downtime exceeds the limit, and the report says so.</summary>
    StopAnyway,

    /// <summary>The workload gets less and less processor time until its writes fit (auto-converge); its quota is given back at the freeze. When even that does not help, it is stopped anyway.</summary>
    Throttle,

    /// <summary>The migration ends with an error; the workload runs on the source as before.</summary>
    GiveUp,
}
