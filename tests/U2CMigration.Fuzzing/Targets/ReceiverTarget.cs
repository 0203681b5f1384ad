using System.Net;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Trust;
using U2CMigration.Criu;
using U2CMigration.Fuzzing.Targets.Dialogues;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>
/// A receiver, all of it but what is done to processes, against sources that say what they like: several connections after each other, with one ledger. Nothing but the documented exceptions ends a
/// connection, nothing runs that was not committed to, nothing is left, and it ends.
/// </summary>
internal sealed class ReceiverTarget : IFuzzTarget, IDisposable
{
    private const long MostAllocatedBytes = 256 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(9);

    /// <summary>The numbers of the processes in these images are looked for among those of this host.</summary>
    private static readonly byte[] Locks = [.. "filelocks"u8];

    /// <summary>Anything else that is found would mean nothing if this were not served.</summary>
    private static readonly byte[] Honest = Script.Of(Enumerable.Range(0, HonestSource.Whole));

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-receiver-").FullName;

    public string Name => "receiver";

    public void Run(ReadOnlySpan<byte> input)
    {
        List<List<ScriptPiece>> script = Script.Read(input, ConnectionRole.Source, HonestSource.All, static type => type == MessageType.Commit ? 1 : 0);
        if (script.Any(static connection => connection.Exists(static piece => piece.Bytes.AsSpan().IndexOf(Locks) >= 0)))
        {
            return;
        }

        bool isHonest = input.SequenceEqual(Honest);
        long before = GC.GetTotalAllocatedBytes();
        if (!Task.Run(() => RunAsync(script, isHonest)).Wait(Longest))
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
        int[] whole = [.. Enumerable.Range(0, HonestSource.Whole)];
        for (int length = 1; length <= whole.Length; length += 3)
        {
            yield return Script.Of(whole[..length]);
        }

        yield return Script.Of(whole);
        yield return [.. Script.Of(whole), Script.Next, Script.AsItIs, (byte)HonestSource.Whole, Script.Next, .. Script.Of(whole)[2..]];
        yield return [.. Script.Of(whole[..^2]), Script.Cut, Script.AsItIs, (byte)(HonestSource.Whole + 1)];
        for (int other = HonestSource.Whole; other < HonestSource.All.Count; other++)
        {
            yield return Script.Of(other, 1);
            yield return Script.Of([.. whole[..5], other, .. whole[5..]]);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static bool IsDocumented(Exception e) => e is TransportException or MigrationProtocolException or ImageDamagedException or RestoreRefusedException or SourceAbortedException or PageStoreException
        or PageNotHeldException or CriuException or OperationCanceledException or StalledSourceException || (e is IOException && e is not EndOfStreamException);

    private async Task RunAsync(List<List<ScriptPiece>> script, bool isHonest)
    {
        var options = new MigrationReceiverOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0), WorkDirectory = _directory, RestoreMode = RestoreMode.FlatImages, MaxMemoryBytes = 8 << 20, MaxImageBytes = 1 << 20,
            Policy = new RestorePolicy { UserIds = [new IdRange(1000, 1999)], FilePaths = ["/"] },
        };
        var records = new MemoryRecords();
        var ledger = new MigrationLedger(records, records, MemoryRecords.Identity);
        var admission = new Admission(options, static () => 64L << 20);
        var open = new OpenConnections();
        var secrets = new ExpectedSecrets(TimeProvider.System);
        string heard = string.Empty;
        foreach (List<ScriptPiece> connection in script)
        {
            heard = await ServeAsync(connection, options, ledger, admission, open, secrets, isHonest).ConfigureAwait(false);
            foreach (Guid id in records.List())
            {
                MigrationState state = records.Read(id)!.State;
                if (state is not (MigrationState.Resumed or MigrationState.Aborted))
                {
                    throw new WrongException($"A connection has ended, and its migration is {state}.");
                }
            }
        }

        if (isHonest && !(records.List() is [var only] && records.Read(only) is { State: MigrationState.Resumed, IsAnswered: true }))
        {
            throw new WrongException($"An honest source was not served: {heard}.");
        }

        if (records.HasClaims || Directory.EnumerateFileSystemEntries(_directory).Any())
        {
            throw new WrongException("Something is left of a migration that has ended.");
        }
    }

    private static async Task<string> ServeAsync(List<ScriptPiece> pieces, MigrationReceiverOptions options, MigrationLedger ledger, Admission admission, OpenConnections open, ExpectedSecrets secrets, bool isHonest)
    {
        using var heard = new HeardExceptions();
        var stream = new ScriptStream(pieces, isHonest);
        MigrationConnection connection;
        try
        {
            connection = await MigrationConnection.OpenAsync(stream, ConnectionRole.Destination, "10.0.0.1:1", new MigrationConnectionOptions { KeepAliveInterval = TimeSpan.Zero }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TransportException or MigrationProtocolException)
        {
            return e.Message;
        }

        var host = new MemoryHost(stream);
        MigratedContainer? arrived;
        await using (connection.ConfigureAwait(false))
        {
            using ConnectionPlace place = open.Enter(connection.Peer);
            var incoming = new IncomingConnection(connection, place, options, ledger, secrets, admission, host, heard);
            arrived = await incoming.ServeAsync(CancellationToken.None).ConfigureAwait(false);
        }

        if (heard.All.FirstOrDefault(static e => !IsDocumented(e)) is { } defect)
        {
            throw new WrongException($"A source brought about {defect.GetType().Name}.", defect);
        }

        if (host.Trees.Exists(tree => !tree.Runs && !tree.IsGone) || (arrived is not null && !host.Trees.Exists(static tree => tree.Runs)))
        {
            throw new WrongException("A tree neither runs nor is gone, or one is said to run that does not.");
        }

        return $"{string.Join(' ', stream.Heard)} {string.Join(' ', heard.All.Select(static e => e.Message))}";
    }
}
