namespace U2CMigration.Core.Freezing;

/// <summary>Stops and continues every task of a process tree at once.</summary>
internal interface ITreeFreezer
{
    /// <summary>The name in logs and reports.</summary>
    string Name { get; }

    /// <summary>Whether <see cref="Freeze"/> really stops the tasks; if not, CRIU stops them one by one when it dumps.</summary>
    bool Freezes { get; }

    /// <summary>The cgroup directory to name to CRIU, so that it can seize frozen tasks; null without one.</summary>
    string? CgroupDirectory { get; }

    /// <summary>The file by which the tasks are continued; null where nothing is needed for that.</summary>
    string? ThawFile { get; }

    /// <summary>What is written there.</summary>
    string ThawWord { get; }

    /// <summary>Stops every task and waits until all have stopped.</summary>
    void Freeze(CancellationToken cancellationToken);

    /// <summary>Continues every task. Harmless when they run.</summary>
    void Thaw();
}
