using System.Net;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

/// <summary>A host with 10 GiB available, whatever is taken of it.</summary>
public sealed class AdmissionTests
{
    private const long GiB = 1L << 30;

    private long _available = 10 * GiB;

    [Fact]
    public void TryEnter_MoreThanAllowed_AreToldHowManyAreBefore()
    {
        Admission admission = Of(concurrent: 2);
        Admitted first = Enter(admission, 1, 100);
        Enter(admission, 1, 200);

        admission.TryEnter(Offer(1, 300), null, out Refuse? full).Should().BeNull();
        full!.Reason.Should().Be(RefusalReason.Busy);
        full.Sentence.Should().Contain("2 migrations at a time").And.Contain("2 migrations are before this one");

        first.Dispose();
        Enter(admission, 1, 300);
    }

    /// <summary>Many offers at the same time, each of which would fit alone.</summary>
    [Fact]
    public void TryEnter_OffersAtTheSameTime_ArePromisedNoMoreThanThereIs()
    {
        Admission admission = Of(concurrent: 1000);
        int taken = 0;

        Parallel.For(1, 121, i => Interlocked.Add(ref taken, admission.TryEnter(Offer(4, i * 100), null, out _) is null ? 0 : 1));

        taken.Should().Be(2, "three of 4 GiB are more than 10");
    }

    [Fact]
    public void TryEnter_PartHasCome_IsNotCountedTwice()
    {
        Admission admission = Of(concurrent: 9);
        Admitted first = Enter(admission, 6, 100);
        first.Taken = static () => 5 * GiB;
        _available = 5 * GiB;

        first.OutstandingBytes.Should().Be(GiB);
        Enter(admission, 4, 200).FreeBytes.Should().Be(4 * GiB);
        admission.TryEnter(Offer(1, 300), null, out Refuse? full).Should().BeNull();
        full!.Sentence.Should().Contain("5120 MiB are promised to 2 migrations");
    }

    [Fact]
    public void TryEnter_NumbersOfAnother_AreRefusedUntilItEnds()
    {
        Admission admission = Of(concurrent: 9);
        Admitted first = Enter(admission, 1, 100, threads: 107);

        foreach (Offer offer in (Offer[])[Offer(1, 100), Offer(1, 107)])
        {
            admission.TryEnter(offer, null, out Refuse? taken).Should().BeNull();
            taken!.Reason.Should().Be(RefusalReason.ProcessIdInUse);
            taken.Sentence.Should().Contain($"{first.MigrationId}");
        }

        first.Dispose();
        Enter(admission, 1, 107);
    }

    [Fact]
    public void TryEnter_Containers_HaveNumbersOfTheirOwn()
    {
        Admission admission = Of(concurrent: 9);

        Enter(admission, 1, 1);
        Enter(admission, 1, 1);
    }

    private static Offer Offer(long gibibytes, int processId) => new()
    {
        MigrationId = Guid.NewGuid(), Name = "web", Kernel = "Linux", CriuVersion = "4.2", TotalMemoryBytes = gibibytes * GiB, ProcessIds = [processId],
    };

    private static Admitted Enter(Admission admission, long gibibytes, int processId, params int[] threads)
    {
        Admitted? admitted = admission.TryEnter(Offer(gibibytes, processId), new Needs { Threads = threads }, out Refuse? refusal);
        refusal.Should().BeNull();
        return admitted!;
    }

    private Admission Of(int concurrent) =>
        new(new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), MaxConcurrentMigrations = concurrent }, () => _available);
}
