using System.Collections.Concurrent;
using U2CMigration.Core.Tests.Committing.Simulation;

namespace U2CMigration.Core.Tests.Committing;

/// <summary>
/// Both sides of the commit, over what can happen to them: every program may die before and after everything that it does, disks are full, the connection breaks, answers are lost, offers are replayed,
/// CRIU dies, the destination loses its power or its directory. Two copies never run, and one always does, or a user is told why that is not known.
/// </summary>
public sealed class ScheduleTests
{
    private const int Schedules = 120_000;

    /// <summary>Where a defect is looked for.</summary>
    private const int Attempts = 60_000;

    [Fact]
    public void Play_EverySchedule_OneCopyRuns() =>
        Parallel.For(0, Schedules, static seed => new World(seed, Defect.None).Play());

    /// <summary>A schedule that cannot find a defect proves nothing.</summary>
    [Theory]
    [InlineData(Defect.UnknownIsTakenForGone)]
    [InlineData(Defect.IdentityIsUsedTwice)]
    [InlineData(Defect.DeathOfCriuIsTakenForTheirEnd)]
    [InlineData(Defect.CommitBeforeTheRestoreIsComplete)]
    [InlineData(Defect.NoJournal)]
    [InlineData(Defect.JournalAfterCommit)]
    [InlineData(Defect.ThawBeforeRecord)]
    [InlineData(Defect.NoRecovery)]
    [InlineData(Defect.AbortThoughCommitted)]
    public void Play_WithADefect_IsFound(Defect defect)
    {
        var found = new ConcurrentBag<string>();
        Parallel.For(0, Attempts, (seed, state) =>
        {
            try
            {
                new World(seed, defect).Play();
            }
            catch (InvalidOperationException e)
            {
                found.Add(e.Message);
                state.Stop();
            }
        });

        found.Should().NotBeEmpty();
    }
}
