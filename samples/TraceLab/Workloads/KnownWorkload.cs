namespace TraceLab.Workloads;

/// <summary>A workload that can be asked for by name.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Family">The family in the trace.</param>
/// <param name="Pattern">The workload in the trace.</param>
/// <param name="Light">Work per second at light load, in the units of the workload.</param>
/// <param name="Medium">At medium load.</param>
/// <param name="Saturating">At saturating load; 0 for as much as possible.</param>
/// <param name="Start">Starts it with memory in MiB and work per second.</param>
internal sealed record KnownWorkload(string Name, string Family, string Pattern, long Light, long Medium, long Saturating, Func<int, long, IWorkload> Start)
{
    internal long RateOf(string load) => load switch
    {
        "light" => Light,
        "medium" => Medium,
        "saturating" => Saturating,
        _ => throw new ArgumentException($"The load is light, medium or saturating, not '{load}'.", nameof(load)),
    };
}
