using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Source;
using U2CMigration.Core.Trust;
using U2CMigration.Criu.Images;
using U2CMigration.Fuzzing.Targets.Dialogues;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>
/// The dialogue of a source from the offer to its end, and the questions that follow when that is in doubt, against destinations that say what they like. The original is ended only when the ledger that
/// promised it has said that the workload runs there, runs on only when that cannot be, and no page is given away that is not of the workload.
/// </summary>
internal sealed class SenderTarget : IFuzzTarget, IDisposable
{
    private const long MostAllocatedBytes = 256 << 20;
    private const int Rounds = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(9);

    private static readonly int[] Held = [HonestDestination.Challenge, HonestDestination.Accept, HonestDestination.RoundAck, HonestDestination.RoundAck, HonestDestination.Missing, HonestDestination.RoundAck, HonestDestination.Outcome, HonestDestination.Restored];

    /// <summary>Anything else that is found would mean nothing if this came to nothing.</summary>
    private static readonly byte[] Honest = Script.Of([.. Held, HonestDestination.Resumed, HonestDestination.Compared, HonestDestination.FillDone]);

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-sender-").FullName;

    /// <summary>Not before the first input: nothing that is instrumented may run earlier.</summary>
    private ImageDirectory? _images;

    public string Name => "sender";

    public void Run(ReadOnlySpan<byte> input)
    {
        List<List<ScriptPiece>> script = Script.Read(input, ConnectionRole.Destination, HonestDestination.All, HonestDestination.StageOf);
        bool isHonest = input.SequenceEqual(Honest);
        long before = GC.GetTotalAllocatedBytes();
        if (!Task.Run(() => MigrateAsync(script, isHonest)).Wait(Longest))
        {
            throw new WrongException($"It does not end within {Longest.TotalSeconds} s.");
        }

        if (GC.GetTotalAllocatedBytes() - before is > MostAllocatedBytes and var allocated)
        {
            throw new WrongException($"{input.Length} bytes made it allocate {allocated >> 20} MiB.");
        }
    }

    public IEnumerable<byte[]> Seeds()
    {
        int[] held = Held;
        yield return Honest;
        yield return Script.Of([.. held[..^1], HonestDestination.LocksPending, HonestDestination.Restored, HonestDestination.Committed, HonestDestination.Resumed, HonestDestination.FillDone]);
        yield return Script.Of([.. held, HonestDestination.Abort]);
        yield return Script.Of(HonestDestination.Challenge, HonestDestination.Refuse);
        yield return Script.Of(HonestDestination.ChallengeRequired);
        yield return Script.Of([.. held[..4], HonestDestination.MissingMore, HonestDestination.Missing, HonestDestination.Ping, HonestDestination.Abort]);
        foreach (int state in (int[])[HonestDestination.StateResumed, HonestDestination.StateAborted, HonestDestination.StateUnknown, HonestDestination.StateOfAnother])
        {
            yield return
            [
                .. Script.Of(held), Script.Next, .. Script.Of(HonestDestination.Challenge, HonestDestination.StateRestored)[2..], Script.Next,
                .. Script.Of(HonestDestination.Challenge, HonestDestination.StateCommitted)[2..], Script.Next, .. Script.Of(HonestDestination.Challenge, state)[2..],
            ];
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static bool IsDocumented(Exception e) => e is TransportException or MigrationProtocolException or DestinationAbortedException or DestinationRefusedException;

    private async Task MigrateAsync(List<List<ScriptPiece>> script, bool isHonest)
    {
        Exception? cause = null;
        var original = new MemoryOriginal();
        var course = new Course(original, new Queue<List<ScriptPiece>>(script), isHonest);
        try
        {
            await course.OfferAsync(new NamedPages(_images ??= WriteImages(), [(HonestDestination.ProcessId, HonestDestination.ProcessId)], [])).ConfigureAwait(false);
        }
        catch (Exception e) when (IsDocumented(e))
        {
            cause = e;
            await course.FailAsync(e).ConfigureAwait(false);
        }

        course.Check();
        if (isHonest && (!original.IsKilled || original.IsJournaled))
        {
            throw new WrongException("With an honest destination it was not moved.", cause);
        }
    }

    private ImageDirectory WriteImages()
    {
        new Pagemap(1, [new PagemapEntry(HonestDestination.Address, HonestDestination.Pages, PagePlaces.Lazy)]).Write(Path.Combine(_directory, ImageDirectory.PagemapName(HonestDestination.ProcessId)));
        return new ImageDirectory(_directory);
    }

    /// <summary>One migration as a source lives it.</summary>
    private sealed class Course(MemoryOriginal original, Queue<List<ScriptPiece>> script, bool isHonest)
    {
        private static readonly MigrationConnectionOptions Options = new() { KeepAliveInterval = TimeSpan.Zero };

        private readonly List<ScriptStream> _streams = [];
        private SourceCommit? _commit;
        private bool _heardResumed;

        public async Task OfferAsync(NamedPages named)
        {
            MigrationConnection connection = await OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var dialogue = new SourceDialogue(connection);
                await using (dialogue.ConfigureAwait(false))
                {
                    await RunAsync(connection, dialogue, named).ConfigureAwait(false);
                }
            }
        }

        /// <summary>What follows when something went wrong: before the commit it runs on, after it only the ledger knows.</summary>
        public async Task FailAsync(Exception cause)
        {
            if (_commit is null)
            {
                await original.RollBackAsync().ConfigureAwait(false);
                return;
            }

            if (cause is DestinationAbortedException && !original.IsKilled)
            {
                await _commit.SettleAsync(DestinationVerdict.DoesNotRun).ConfigureAwait(false);
                return;
            }

            try
            {
                DestinationVerdict verdict = await DestinationInquiry.AskAsync(OpenAsync, HonestDestination.MigrationId, _commit, original.KillAsync, CancellationToken.None).ConfigureAwait(false);
                if (verdict == DestinationVerdict.Runs || (verdict == DestinationVerdict.DoesNotRun && !original.IsKilled))
                {
                    await _commit.SettleAsync(verdict).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (IsDocumented(e))
            {
                // No one can be asked: it stays frozen, and the journal says so.
            }
        }

        public void Check()
        {
            MessageType[] said = [.. _streams.SelectMany(static stream => stream.Said)];
            bool committed = _streams.Count > 0 && _streams[0].Heard.Contains(MessageType.Commit);
            if (committed && !said.Contains(MessageType.Restored))
            {
                throw new WrongException("A commit was sent to a destination that holds nothing.");
            }

            if (original.IsKilled && !(_heardResumed || said.Contains(MessageType.State) || said.Contains(MessageType.Committed)))
            {
                throw new WrongException("The original was ended, and no one has said that the workload runs.");
            }

            if (original.RunsOn && committed && !(said.Contains(MessageType.Abort) || said.Contains(MessageType.State)))
            {
                throw new WrongException("The original runs on, and no one has said after the commit that the workload does not run there.");
            }

            if (_commit is not null && !original.IsKilled && !original.RunsOn && !original.IsJournaled)
            {
                throw new WrongException("The original stays frozen, and no journal says so.");
            }
        }

        private async Task<MigrationConnection> OpenAsync(CancellationToken cancellationToken)
        {
            if (!script.TryDequeue(out List<ScriptPiece>? pieces))
            {
                throw new TransportException("No one is there.", "10.0.0.2:1", 0, isTransient: true);
            }

            var stream = new ScriptStream(pieces, isHonest);
            _streams.Add(stream);
            MigrationConnection connection = await MigrationConnection.OpenAsync(stream, ConnectionRole.Source, "10.0.0.2:1", Options, NullLoggerFactory.Instance, cancellationToken).ConfigureAwait(false);
            if (_streams.Count > 1)
            {
                stream.Reach(int.MaxValue);
            }

            await SecretProof.GiveAsync(connection, null, cancellationToken).ConfigureAwait(false);
            return connection;
        }

        private async Task RunAsync(MigrationConnection connection, SourceDialogue dialogue, NamedPages named)
        {
            ScriptStream stream = _streams[0];
            stream.Reach(HonestDestination.Offered);
            MigrationMessage answer = await dialogue.NextAsync(CancellationToken.None).ConfigureAwait(false);
            if (answer is Refuse refuse)
            {
                throw new DestinationRefusedException(refuse);
            }

            var accept = answer as Accept ?? throw SourceDialogue.Unexpected(nameof(Accept), answer);
            LedgerIdentity ledger = accept.Ledger ?? throw SourceDialogue.Unexpected("an acceptance that names the ledger of the destination", accept);
            stream.Reach(HonestDestination.Copying);
            for (int round = 0; round < Rounds; round++)
            {
                await dialogue.ExpectAsync<RoundAck>(CancellationToken.None).ConfigureAwait(false);
            }

            dialogue.BeginRestoring();
            stream.Reach(HonestDestination.Restoring);
            var answers = new RestoreAnswers(dialogue, new MemoryQuestions(named));
            await answers.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            dialogue.BeginCommitting();
            var entry = new JournalEntry { MigrationId = HonestDestination.MigrationId, BootId = default, RootProcessId = HonestDestination.ProcessId, StartTime = 1, Destination = "10.0.0.2:1", Ledger = ledger };
            _commit = SourceCommit.Begin(original, entry, original);
            await connection.SendAsync(new Commit()).ConfigureAwait(false);
            stream.Reach(HonestDestination.Committing);
            if (answers.PendingLocks.Count > 0)
            {
                await dialogue.ExpectAsync<Committed>(CancellationToken.None).ConfigureAwait(false);
                await original.KillAsync().ConfigureAwait(false);
                await connection.SendAsync(new LocksReleased()).ConfigureAwait(false);
            }

            await dialogue.ExpectAsync<Resumed>(CancellationToken.None).ConfigureAwait(false);
            _heardResumed = true;
            stream.Reach(HonestDestination.Released);
            await _commit.SettleAsync(DestinationVerdict.Runs).ConfigureAwait(false);
            await FarewellAsync(dialogue).ConfigureAwait(false);
        }

        /// <summary>What it says from here on changes nothing.</summary>
        private static async Task FarewellAsync(SourceDialogue dialogue)
        {
            try
            {
                while (await dialogue.NextAsync(CancellationToken.None).ConfigureAwait(false) is not FillDone)
                {
                }
            }
            catch (Exception e) when (IsDocumented(e))
            {
                // It runs there.
            }
        }
    }
}
