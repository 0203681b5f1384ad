using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>The interval timers of a dumped tree. A restore starts those that are periodic, and leaves out those that fire once.</summary>
public static class IntervalTimerImage
{
    private const ulong MicrosecondsPerSecond = 1_000_000;

    /// <summary>Reads the timers that a restore leaves out.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>Those that were running.</returns>
    /// <exception cref="CriuException">A file is damaged or missing.</exception>
    public static IReadOnlyList<IntervalTimer> ReadSingle(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var found = new List<IntervalTimer>();
        foreach (ImageTask task in directory.ReadTasks())
        {
            string path = directory.PathOf($"core-{task.ProcessId}.img");
            ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Core);
            entries.ReadRequired();
            if (ImageBytes.Parse(path, entries, CoreEntry.Parser).Tc?.Timers is not { } timers)
            {
                continue;
            }

            IntervalTimerEntry?[] kinds = [timers.Real, timers.Virt, timers.Prof];
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                if (kinds[kind] is { Isec: 0, Iusec: 0 } timer && (timer.Vsec | timer.Vusec) != 0)
                {
                    if (timer.Vusec >= MicrosecondsPerSecond)
                    {
                        throw ImageError.At(path, entries.Offset, $"a timer has {timer.Vusec} microseconds left beside its seconds, which cannot be");
                    }

                    found.Add(new IntervalTimer(task.ProcessId, kind, TimeSpan.FromSeconds((double)Math.Min(timer.Vsec, int.MaxValue)) + TimeSpan.FromMicroseconds(timer.Vusec)));
                }
            }
        }

        return found;
    }
}
