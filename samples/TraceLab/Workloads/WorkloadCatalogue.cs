using TraceLab.Load;

namespace TraceLab.Workloads;

/// <summary>All workloads that can be recorded by name.</summary>
internal static class WorkloadCatalogue
{
    private static readonly Mix[] Mixes = [Mix.A, Mix.B, Mix.D, Mix.Uniform];

    internal static readonly IReadOnlyList<KnownWorkload> All =
    [
        .. Mixes.Select(static mix => new KnownWorkload(
            $"redis-{mix.Name}", "redis", mix.Name, 500, 5000, 0, (memory, rate) => KeyValueWorkload.Redis(memory, mix, rate))),
        .. Mixes.Select(static mix => new KnownWorkload(
            $"memcached-{mix.Name}", "memcached", mix.Name, 500, 5000, 0, (memory, rate) => KeyValueWorkload.Memcached(memory, mix, rate))),
        new("cg", "cg", "conjugate-gradient", 1000, 5000, 0, static (memory, rate) => new NativeWorkload("cg", memory, rate)),
        new("train", "train", "sgd-adam", 200, 700, 0, static (memory, rate) => new NativeWorkload("trainer", memory, rate)),
        new("sort", "sort", "merge-sort", 6000, 20000, 0, static (memory, rate) => new NativeWorkload("sorter", memory, rate)),
        new("idle", "idle", "counters", 5, 50, 2000, static (memory, rate) => new NativeWorkload("idle", memory, rate)),
    ];

    internal static KnownWorkload Find(string name) =>
        All.FirstOrDefault(workload => workload.Name == name)
        ?? throw new ArgumentException($"There is no workload '{name}'; known are {string.Join(", ", All.Select(static w => w.Name))}.", nameof(name));
}
