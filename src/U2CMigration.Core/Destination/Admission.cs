using System.Globalization;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>
/// Promises the host to the migrations that come in: no more of them at a time than allowed, and memory and numbers of processes to one only. What is promised stays so until the migration ends,
/// so that two offers are never both believed for the same memory.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="available">The memory that the host has available; what migrations have taken already is not in it.</param>
internal sealed class Admission(MigrationReceiverOptions options, Func<long>? available = null)
{
    private readonly Lock _lock = new();
    private readonly List<Admitted> _admitted = [];
    private readonly Func<long> _available = available ?? AvailableMemory.Read;

    /// <summary>Takes a migration in.</summary>
    /// <param name="offer">What comes.</param>
    /// <param name="needs">What it needs besides; null where that is not known.</param>
    /// <param name="refusal">Why not; it goes away by itself.</param>
    /// <returns>What was promised, to be disposed with the migration; null where it is refused.</returns>
    public Admitted? TryEnter(Offer offer, Needs? needs, out Refuse? refusal)
    {
        lock (_lock)
        {
            refusal = ProblemOf(offer, needs, out long memory);
            if (refusal is not null)
            {
                return null;
            }

            // Process 1 is the root of a container, which brings its own PID namespace.
            HashSet<int> numbers = offer.ProcessIds.Contains(1) ? [] : [.. NumbersOf(offer, needs)];
            var admitted = new Admitted(offer, memory, numbers, Leave);
            _admitted.Add(admitted);
            return admitted;
        }
    }

    private Refuse? ProblemOf(Offer offer, Needs? needs, out long memory)
    {
        long available = _available();
        long promised = _admitted.Sum(static one => one.OutstandingBytes);
        long free = available == long.MaxValue ? available : Math.Max(0, available - promised);
        memory = options.MaxMemoryBytes > 0 ? Math.Min(options.MaxMemoryBytes, free) : free;
        if (_admitted.Count >= options.MaxConcurrentMigrations)
        {
            return new Refuse(RefusalReason.Busy, $"This host takes {Count(options.MaxConcurrentMigrations)} at a time ({nameof(MigrationReceiverOptions.MaxConcurrentMigrations)}; agent: --max-concurrent), and {Count(_admitted.Count)} are before this one. Try again.");
        }

        if (offer.TotalMemoryBytes > memory)
        {
            return new Refuse(RefusalReason.OutOfMemory, string.Create(
                CultureInfo.InvariantCulture,
                $"It needs {offer.TotalMemoryBytes >> 20} MiB of memory and the limit here is {memory >> 20} MiB{(promised > 0 ? $", as {promised >> 20} MiB are promised to {Count(_admitted.Count)} that come in" : string.Empty)}. Free memory or raise {nameof(MigrationReceiverOptions.MaxMemoryBytes)}."));
        }

        foreach (int number in offer.ProcessIds.Contains(1) ? [] : NumbersOf(offer, needs))
        {
            if (_admitted.FirstOrDefault(one => one.Numbers.Contains(number)) is { } holder)
            {
                return new Refuse(RefusalReason.ProcessIdInUse, $"Process id {number} is promised to migration {holder.MigrationId}, which comes in, and a restored process keeps its id. Try again when that has ended, or receive into a PID namespace of its own.");
            }
        }

        return null;
    }

    private static IEnumerable<int> NumbersOf(Offer offer, Needs? needs) => offer.ProcessIds.Concat(needs?.Threads ?? []).Concat(needs?.Groups ?? []);

    private static string Count(int migrations) => migrations == 1 ? "1 migration" : $"{migrations} migrations";

    private void Leave(Admitted admitted)
    {
        lock (_lock)
        {
            _admitted.Remove(admitted);
        }
    }
}
