using System.Globalization;
using KeyValueProtocols;

namespace LiveMigration.Workloads;

/// <summary>All workloads that can be migrated by name.</summary>
public static class WorkloadCatalogue
{
    private const string Writes = "writes of 500 bytes and increments of a counter";

    private static readonly KnownWorkload[] All =
    [
        new KnownWorkload
        {
            Name = "redis",
            Port = 6379,
            UsualRate = 2000,
            Operations = Writes,
            Protocol = new RedisProtocol(),
            Command = static _ => ["redis-server", "--port", "6379", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "", "--appendonly", "no", "--dir", "/var/lib/redis"],
        },
        new KnownWorkload
        {
            Name = "memcached",
            Port = 11211,
            UsualRate = 2000,
            Operations = Writes,
            Protocol = new MemcachedProtocol(),
            // Twice the memory, so that nothing is pushed out; no more connections than the limit of descriptors has room for.
            Command = static scene => ["memcached", "-u", "root", "-l", "0.0.0.0", "-p", "11211", "-U", "0", "-t", "2", "-c", "256", "-m", Text(2 * scene.MemoryMib)],
        },
        new KnownWorkload
        {
            Name = "postgresql",
            Port = 5432,
            UsualRate = 500,
            Operations = "transactions that store 500 bytes, and as many that add one to a counter",
            Protocol = new PostgresProtocol(),
            // A row with its header and its entry in the index.
            BytesPerKey = 600,
            Command = new ServiceScript("postgresql", "kept").Start,
        },
        Service("mariadb", 3306, "mariadb", "moved", "transactions over 8 connections of sysbench that move money between accounts"),
        Service("nginx", 8080, "nginx", "", "files over connections kept open, 8 on which each is compared and 32 of wrk"),
        Service("nodejs", 8083, "node", "filtered", "messages over 20 WebSockets, and requests over 8 connections"),
        Service("jvm", 8084, "jvm", "g1", "requests over 8 connections"),
        Service("jvm-zgc", 8084, "jvm", "zgc", "requests over 8 connections"),
        Service("aspnet", 8085, "aspnet", "server", "requests over 8 connections"),
        Service("gunicorn", 8082, "gunicorn", "", "requests over 8 connections"),
        Service("build", 0, "build", "", "looks at what each build says that its program computed"),
        Native("cg", "cg", 7811, 5000, "blocks of 512 rows of a conjugate gradient"),
        Native("train", "trainer", 7812, 400, "blocks of 16 outputs of a neural network that is trained"),
        Native("sort", "sorter", 7813, 20000, "pages made, sorted and merged"),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(workload => workload.Name)];

    public static bool Has(string name) => Names.Contains(name);

    public static KnownWorkload Find(string name) => All.First(workload => workload.Name == name);

    private static KnownWorkload Service(string name, int port, string script, string variant, string operations)
    {
        var service = new ServiceScript(script, variant);
        return new KnownWorkload { Name = name, Port = port, UsualRate = 0, Operations = operations, Service = service, Command = service.Start };
    }

    private static KnownWorkload Native(string name, string program, int port, int usualRate, string operations) => new()
    {
        Name = name,
        Port = port,
        UsualRate = usualRate,
        Operations = operations,
        Command = scene =>
        [
            Path.Combine(scene.Repository, "artifacts", "native", program), "--listen", $"0.0.0.0:{Text(port)}", "--memory-mib", Text(scene.MemoryMib), "--rate", Text(scene.WriteRate),
        ],
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
