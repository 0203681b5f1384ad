using System.Diagnostics;
using System.Globalization;

namespace LiveMigration.Rig;

/// <summary>A rig: two hosts and a client on one network. Disposing takes it down.</summary>
public sealed class Testbed : IAsyncDisposable
{
    /// <summary>The address that belongs to the workload and moves with it.</summary>
    public const string ServiceAddress = "10.77.0.100";

    public const string ServiceAddressWithPrefix = ServiceAddress + "/24";

    public const string Device = "eth0";

    private readonly string _script;
    private readonly Action<string>? _log;

    private readonly RigKind _kind;

    private Testbed(string repository, RigKind kind, string name, Action<string>? log)
    {
        _script = Path.Combine(repository, "eng", kind.Script);
        _kind = kind;
        Name = name;
        _log = log;
    }

    public string Name { get; }

    /// <summary>Whether the rig is left standing.</summary>
    public bool Keep { get; set; }

    public static async Task<Testbed> UpAsync(string repository, RigKind kind, string name, int mbit, bool keep, Action<string>? log, CancellationToken cancellationToken)
    {
        var testbed = new Testbed(repository, kind, name, log) { Keep = keep };
        List<string> up = ["up", name, "--bandwidth-mbit", Text(mbit), "--service-address", ServiceAddress, .. kind.UpOptions];
        if (!keep)
        {
            // If this process is killed, the next rig that goes up takes this one down.
            up.AddRange(["--owner", Text(Environment.ProcessId)]);
        }

        await testbed.ScriptAsync(up, cancellationToken);
        return testbed;
    }

    /// <summary>Limits the links of both hosts; 0 for no limit.</summary>
    public Task ShapeAsync(int mbit, CancellationToken cancellationToken) => ScriptAsync(["shape", Name, Text(mbit)], cancellationToken);

    /// <summary>How the clocks of a host differ from those here, now; they drift by some microseconds per second.</summary>
    public async Task<HostClock> ClockAsync(Host host, CancellationToken cancellationToken) =>
        _kind.HasOwnClocks ? HostClock.Parse(await ScriptAsync(["clock", Name, host.Name], cancellationToken)) : HostClock.Shared();

    /// <summary>Starts a program in a host.</summary>
    public HostProcess Start(Host host, IEnumerable<string> command) => new(Exec(host, command), $"{host.Name} {Path.GetFileName(command.First())}", _log);

    /// <summary>Runs a program in a host to its end and returns what it printed.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public Task<string> RunAsync(Host host, IEnumerable<string> command, CancellationToken cancellationToken) => RunAsync(Exec(host, command), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Keep)
        {
            return;
        }

        try
        {
            await ScriptAsync(["down", Name], CancellationToken.None);
        }
        catch (IOException e)
        {
            _log?.Invoke(e.Message);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private ProcessStartInfo Exec(Host host, IEnumerable<string> command) => new(_script, ["exec", Name, host.Name, "--", .. command]);

    private Task<string> ScriptAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) => RunAsync(new ProcessStartInfo(_script, arguments), cancellationToken);

    private static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            string said = await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output
                : throw new IOException($"'{string.Join(' ', start.ArgumentList)}' failed with {process.ExitCode}: {said.Trim()}");
        }
        catch (OperationCanceledException)
        {
            // SIGTERM, so that the script takes apart what it had begun.
            using Process kill = Process.Start("kill", ["-TERM", Text(process.Id)]);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
