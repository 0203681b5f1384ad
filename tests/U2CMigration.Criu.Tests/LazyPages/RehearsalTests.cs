using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class RehearsalTests
{
    [Fact]
    public void Run_Anywhere_ComesToItsEnd() => ((Action)Rehearsal.Run).Should().NotThrow();
}
