using CsCheck;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Generators of everything that may be sent.</summary>
internal static class Gens
{
    public static readonly Gen<long> Amount = Gen.Long[0, long.MaxValue];

    public static readonly Gen<string> Text = Gen.String[Gen.Char.AlphaNumeric, 0, 80].Select(text => text + "é—");

    public static readonly Gen<string> ImageName = Gen.String[Gen.Char["abc-_0123456789."], 1, 40].Select(name => name.Replace("..", "x", StringComparison.Ordinal) + "img");

    public static readonly Gen<PageRun> Run = Gen.Select(Gen.Int[1, int.MaxValue], Gen.ULong[0, (1UL << 35) - 1], Gen.Long[1, 1 << 20])
        .Select((processId, page, pages) => new PageRun(processId, page << 12, Math.Min(pages, (1L << 35) - (long)page)));

    public static readonly Gen<PageRun[]> Runs = Run.Array[0, 20];

    public static readonly Gen<PhaseDuration[]> Phases = Gen.Select(Text, Amount).Select((name, ticks) => new PhaseDuration(name, new TimeSpan(ticks))).Array[0, 5];

    public static readonly Gen<Guid> Id = Gen.Guid;

    public static readonly Gen<LedgerIdentity> Ledger = Gen.Select(Id, Id, Id).Select((host, boot, ledger) => new LedgerIdentity(host, boot, ledger));

    public static readonly Gen<NeededEndpoint> Endpoint = Gen.Select(Gen.Int[1, 3], Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.UShort)
        .Select((use, address, port) => new NeededEndpoint((EndpointUse)use, new System.Net.IPEndPoint(new System.Net.IPAddress(address), port)));

    /// <summary>With much in common, and with characters that take two.</summary>
    public static readonly Gen<NeededFile> File = Gen.Select(Gen.String[Gen.Char["ab/"], 0, 6], Gen.Int[0, 2], Gen.UShort, Amount)
        .Select((path, end, mode, size) => new NeededFile($"/srv/{path}{(end == 0 ? "" : end == 1 ? "\ud83d\ude00" : "\ud83d\ude01")}", mode, size));

    public static readonly Gen<MigrationMessage> Message = Gen.OneOf<MigrationMessage>(
        Gen.Select(Id, Text, Amount, Gen.Int[1, int.MaxValue].Array[0, 9], Gen.Byte[0, 3], Text.Array[0, 4]).Select((id, text, bytes, processes, options, requirements) =>
            (MigrationMessage)new Offer
            {
                MigrationId = id, Name = text, Kernel = text + "k", CriuVersion = text + "c", TotalMemoryBytes = bytes, ProcessIds = processes,
                Options = (OfferOptions)options, Requirements = requirements, Traits = [.. requirements.Skip(1)],
            }),
        Gen.Select(Gen.Bool, Gen.Int[1, int.MaxValue].Array[0, 5], Gen.Int[1, int.MaxValue].Array[0, 5], Endpoint.Array[0, 5], File.Array[0, 9]).Select((check, threads, groups, endpoints, files) =>
            (MigrationMessage)new Needs { IsCheck = check, Threads = threads, Groups = groups, Endpoints = endpoints, Files = files }),
        Gen.Select(Gen.Bool, Text, Text.Array[0, 5]).Select((mayLack, first, more) => (MigrationMessage)new Needs { MayLackProcessorFeatures = mayLack, ProcessorFeatures = [first, .. more] }),
        Text.Array[0, 3].Select(warnings => (MigrationMessage)new Accept { Warnings = warnings }),
        Gen.Select(Text.Array[0, 3], Ledger).Select((warnings, ledger) => (MigrationMessage)new Accept { Warnings = warnings, Ledger = ledger }),
        Gen.Select(Gen.UShort, Text).Select((code, text) => (MigrationMessage)new Refuse((RefusalReason)code, text)),
        Runs.Select(runs => (MigrationMessage)new PagesDropped(runs)),
        Gen.Select(Gen.Int[0, int.MaxValue], Amount, Amount).Select((round, a, b) => (MigrationMessage)new RoundEnd(round, a, b)),
        Gen.Select(Gen.Int[0, int.MaxValue], Amount, Amount).Select((round, a, b) => (MigrationMessage)new RoundAck(round, a, b)),
        Gen.Select(Amount, Amount).Select((a, b) => (MigrationMessage)new Frozen(a, b)),
        Gen.Select(ImageName, Gen.Long[0, 1 << 20], Gen.Byte.Array[0, 200]).Select((name, offset, data) => (MigrationMessage)new ImageFile(name, offset, offset + data.Length, data)),
        Gen.Select(Amount, Gen.Select(ImageName, Amount, Gen.ULong).Select((name, length, sum) => new ImageChecksum(name, length, sum)).Array[0, 5])
            .Select((bytes, files) => (MigrationMessage)new ImagesEnd(bytes, files)),
        Gen.Select(Runs, Gen.Bool).Select((runs, last) => (MigrationMessage)new MissingPages(runs, last)),
        Phases.Select(phases => (MigrationMessage)new Restored(phases)),
        Gen.Const((MigrationMessage)new Commit()),
        Gen.Select(Gen.Long[0, DateTime.MaxValue.Ticks], Phases, Gen.Long).Select((ticks, phases, timestamp) => (MigrationMessage)new Resumed(new DateTimeOffset(ticks, TimeSpan.Zero), phases, timestamp)),
        Gen.Const((MigrationMessage)new Released()),
        Gen.Select(Text, Text.Array[0, 4]).Select((first, more) => (MigrationMessage)new LocksPending([first, .. more])),
        Gen.Select(Gen.Int[1, 4], Amount, Text, Gen.Int).Array[0, 4].Select(entries => (MigrationMessage)new SharedObjectList(
            [.. entries.Select((entry, index) => new SharedObjectEntry(
                ProtocolLimits.FirstObjectId + index, (SharedObjectEntryKind)entry.Item1, (ulong)entry.Item2, entry.Item2 >> 17, entry.Item4 & 0xfff, entry.Item4, entry.Item4, entry.Item4, entry.Item3, entry.Item3))])),
        Gen.Select(Runs, Gen.Bool).Select((runs, last) => (MigrationMessage)new ObjectPages(runs, last)),
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Bool).Select((data, last) => (MigrationMessage)new CarriedState(data, last)),
        Gen.Select(Text.Array[0, 4], Text.Array[0, 4]).Select((warnings, lost) => (MigrationMessage)new CarriedOutcome(warnings, lost)),
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 2]).Select((round, kind) => (MigrationMessage)new FilesRound(round, (FilesRoundKind)kind)),
        Gen.Int[0, int.MaxValue].Select(round => (MigrationMessage)new FilesTaken(round)),
        Gen.Byte.Array[1, 40].Select(data => (MigrationMessage)new StreamData(data)),
        Amount.Select(bytes => (MigrationMessage)new StreamCredit(bytes)),
        Gen.Const((MigrationMessage)new Committed()),
        Gen.Const((MigrationMessage)new LocksReleased()),
        Gen.Select(Gen.UShort, Text).Select((code, text) => (MigrationMessage)new Abort((AbortCode)code, text)),
        Gen.Select(Amount, Amount, Amount, Amount, Amount).Select((a, b, c, d, e) => (MigrationMessage)new FillDone(a, b, c, new TimeSpan(d), new TimeSpan(e))),
        Gen.Select(Run, Gen.ULong.Array[1, 30]).Select((run, sums) => (MigrationMessage)new VerifyPages(run.ProcessId, run.Address >> 20 << 12, sums)),
        Gen.Select(Gen.Int[1, int.MaxValue], Amount, Amount, Gen.ULong.Array[0, 9]).Select((processId, a, b, list) => (MigrationMessage)new VerifyResult(processId, a, b, list)),
        Gen.Select(Run.Array[0, 6], Gen.Int[1, 9], Gen.Int, Gen.Bool).Select((runs, pages, seed, last) =>
        {
            PageRun[] small = [.. runs.Select(run => run with { Address = run.Address >> 20 << 12, Pages = pages })];
            var random = new Random(seed);
            return (MigrationMessage)new HeldSample(small, (ulong[])[.. Enumerable.Range(0, pages * small.Length).Select(_ => (ulong)random.NextInt64())], last);
        }),
        Gen.Select(Gen.Int[1, int.MaxValue], Amount, Amount, Amount, Gen.ULong.Array[0, 9]).Select((processId, a, b, c, list) => (MigrationMessage)new Compared(processId, a, b, c, list)),
        Gen.Long.Select(stamp => (MigrationMessage)new Ping(stamp)),
        Gen.Long.Select(stamp => (MigrationMessage)new Pong(stamp)),
        Id.Select(id => (MigrationMessage)new Query(id)),
        Id.Select(id => (MigrationMessage)new Query(id) { AbortUnlessCommitted = true }),
        Gen.Select(Id, Gen.Byte[0, 5], Ledger).Select((id, state, ledger) => (MigrationMessage)new State(id, (MigrationState)state) { Ledger = ledger }),
        Gen.Select(Gen.Byte.Array[32], Gen.Bool).Select((nonce, required) => (MigrationMessage)new Challenge(nonce, required)),
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[32], Gen.Byte.Array[32]).Select((id, nonce, code) => (MigrationMessage)new Proof(id, nonce, code)),
        Gen.Byte.Array[32].Select(code => (MigrationMessage)new ProofAnswer(code)),
        Gen.Select(Id, Gen.Byte[0, 5]).Select((id, state) => (MigrationMessage)new State(id, (MigrationState)state)));

    /// <summary>A batch with runs of several processes, zero pages and excluded pages, filled from a seed.</summary>
    public static readonly Gen<PageBatch> Batch = Gen.Select(Gen.Select(Gen.Int[1, 3], Gen.Int[0, 1000], Gen.Int[1, 40]).Array[1, 6], Gen.Int, Gen.Int[0, 3]).Select((runs, seed, kind) =>
    {
        var random = new Random(seed);
        var batch = new PageBatch();
        foreach ((int processId, int page, int pages) in runs)
        {
            Span<byte> memory = batch.Add(processId, (ulong)page << 12, pages);
            random.NextBytes(memory);
            for (int i = 0; i < pages; i++)
            {
                if (random.Next(4) < kind)
                {
                    memory.Slice(i * PageBatch.PageBytes, PageBatch.PageBytes).Clear();
                }
            }
        }

        for (int i = 0; i < batch.PageCount; i++)
        {
            if (random.Next(8) == 0)
            {
                batch.Exclude(i);
            }
        }

        batch.Seal();
        return batch;
    });

    public static byte[] Encode(this MigrationMessage message, ulong sequence = 0) => new PayloadWriter().Encode(message, sequence).ToArray();
}
