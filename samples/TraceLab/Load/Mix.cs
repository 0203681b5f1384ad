namespace TraceLab.Load;

/// <summary>What a client does, in the manner of the core workloads of YCSB.</summary>
/// <param name="Name">The name in traces.</param>
/// <param name="Updates">The share of operations that overwrite a key.</param>
/// <param name="Inserts">The share of operations that add a key; all others read one.</param>
/// <param name="Keys">Which keys it prefers.</param>
public sealed record Mix(string Name, double Updates, double Inserts, KeyPattern Keys)
{
    public static readonly Mix A = new("ycsb-a", 0.5, 0, KeyPattern.Zipfian);

    public static readonly Mix B = new("ycsb-b", 0.05, 0, KeyPattern.Zipfian);

    public static readonly Mix D = new("ycsb-d", 0, 0.05, KeyPattern.Latest);

    public static readonly Mix Uniform = new("uniform", 0.5, 0, KeyPattern.Uniform);
}
