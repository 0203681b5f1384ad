using System.Globalization;

namespace U2CMigration.EndToEndTests.Pace;

/// <summary>What a long-lived process has, move after move.</summary>
internal sealed class Slope(string name)
{
    private readonly List<(double Memory, double Descriptors, double Threads)> _seen = [];

    /// <summary>A command that prints what a process has: resident KiB, threads, descriptors.</summary>
    public static string CommandFor(int processId) =>
        string.Create(CultureInfo.InvariantCulture, $"awk '/^VmRSS/{{r=$2}} /^Threads/{{t=$2}} END{{print r, t}}' /proc/{processId}/status; ls /proc/{processId}/fd | wc -l");

    /// <summary>Takes what the command has printed.</summary>
    public void Add(string printed)
    {
        double[] numbers = [.. printed.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(static text => double.Parse(text, CultureInfo.InvariantCulture))];
        _seen.Add((numbers[0] / 1024, numbers[2], numbers[1]));
    }

    /// <summary>Growth for each turn by least squares, without the first turns, in which everything is used for the first time.</summary>
    public (double Memory, double Descriptors, double Threads) PerTurn(int without) =>
        (Of([.. _seen.Skip(without).Select(static one => one.Memory)]), Of([.. _seen.Skip(without).Select(static one => one.Descriptors)]), Of([.. _seen.Skip(without).Select(static one => one.Threads)]));

    /// <summary>Whether it was a program of .NET.</summary>
    public bool IsOfAnAgent => _seen[0] is { Memory: > 20, Threads: > 4 };

    /// <summary>For people.</summary>
    public string Text(int without)
    {
        (double memory, double descriptors, double threads) = PerTurn(without);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: memory {_seen[0].Memory:0} to {_seen[^1].Memory:0} MiB ({memory:+0.000;-0.000} a turn), descriptors {_seen[0].Descriptors} to {_seen[^1].Descriptors} ({descriptors:+0.000;-0.000}), threads {_seen[0].Threads} to {_seen[^1].Threads} ({threads:+0.000;-0.000})");
    }

    private static double Of(double[] values)
    {
        double middle = (values.Length - 1) / 2.0;
        double average = values.Average();
        return values.Select((value, i) => (i - middle) * (value - average)).Sum() / values.Select((_, i) => (i - middle) * (i - middle)).Sum();
    }
}
