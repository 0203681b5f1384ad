using System.Globalization;
using LiveMigration.Rig;

namespace LiveMigration.StockCriu;

/// <summary>What one of the two scripts prints, <c>NAME VALUE</c> per line; most values are numbers.</summary>
public sealed class Steps(HostProcess script)
{
    private readonly Dictionary<string, string> _values = [];

    public double this[string name] => double.Parse(_values[name], CultureInfo.InvariantCulture);

    public string Text(string name) => _values[name];

    /// <summary>Reads on until a figure is there.</summary>
    /// <exception cref="IOException">The script ended without it; the message carries what CRIU said.</exception>
    public async Task UntilAsync(string name, CancellationToken cancellationToken)
    {
        while (!_values.ContainsKey(name))
        {
            string? line = await script.NextLineAsync(cancellationToken);
            if (line is null)
            {
                await script.ExitAsync(cancellationToken);
                throw new IOException($"{script.Name} ended before '{name}': {script.Errors}");
            }

            string[] parts = line.Split(' ');
            if (parts.Length == 2)
            {
                _values[parts[0]] = parts[1];
            }
        }
    }
}
