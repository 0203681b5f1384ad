using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>
/// What a peer says, connection by connection: frames that the product itself would write, in any order, as they are or with bytes replaced, others, repeats, and ends in the middle of one.
/// </summary>
internal static class Script
{
    public const byte AsItIs = 0;
    public const byte Changed = 1;
    public const byte Other = 2;
    public const byte Again = 3;
    public const byte Cut = 4;
    public const byte Next = 5;

    private const int Kinds = 6;
    private const int MostFrames = 64;
    private const int MostConnections = 4;

    /// <summary>Reads one.</summary>
    /// <param name="input">Features, then steps.</param>
    /// <param name="role">Who speaks.</param>
    /// <param name="known">The frames of an honest peer.</param>
    /// <param name="stageOf">How far the other end must be for one of them.</param>
    /// <returns>Connections, each a list of pieces: the greeting, then frames.</returns>
    public static List<List<ScriptPiece>> Read(ReadOnlySpan<byte> input, ConnectionRole role, IReadOnlyList<ScriptFrame> known, Func<MessageType, int> stageOf)
    {
        var cursor = new Cursor(input);
        var greeting = Greeting.Own(role);
        greeting = greeting with { Features = greeting.Features & ~(ProtocolFeatures)cursor.Number() };
        byte[] hello = new byte[Greeting.Size];
        greeting.Write(hello);
        var connections = new List<List<ScriptPiece>> { new() { new ScriptPiece(hello) } };
        ScriptFrame last = known[0];
        for (int frames = 0; frames < MostFrames && !cursor.IsAtEnd; frames++)
        {
            List<ScriptPiece> connection = connections[^1];
            ulong sequence = (ulong)connection.Count - 1;
            switch (cursor.Byte() % Kinds)
            {
                case AsItIs:
                    last = known[cursor.Byte() % known.Count];
                    connection.Add(new ScriptPiece(last.Seal(sequence), stageOf(last.Type)));
                    break;
                case Changed:
                    last = Change(known[cursor.Byte() % known.Count], ref cursor);
                    connection.Add(new ScriptPiece(last.Seal(sequence)));
                    break;
                case Other:
                    var type = (MessageType)cursor.Byte();
                    byte[] payload = cursor.Piece().ToArray();
                    last = new ScriptFrame(type, payload, payload.Length / 2);
                    connection.Add(new ScriptPiece(last.Seal(sequence)));
                    break;
                case Again:
                    connection.Add(new ScriptPiece(last.Seal(sequence)));
                    break;
                case Cut:
                    connection[^1] = new ScriptPiece(connection[^1].Bytes[..(connection[^1].Bytes.Length / 2)]);
                    goto case Next;
                case Next when connections.Count < MostConnections:
                    connections.Add([new ScriptPiece(hello)]);
                    break;
                case Next:
                    return connections;
            }
        }

        return connections;
    }

    private static ScriptFrame Change(ScriptFrame frame, ref Cursor cursor)
    {
        int at = cursor.Number();
        ReadOnlySpan<byte> bytes = cursor.Piece();
        byte[] payload = [.. frame.Payload];
        if (payload.Length == 0)
        {
            return frame with { Payload = bytes.ToArray() };
        }

        at %= payload.Length;
        bytes = bytes[..Math.Min(bytes.Length, payload.Length - at)];
        bytes.CopyTo(payload.AsSpan(at));
        return frame with { Payload = payload };
    }

    /// <summary>The script of an honest conversation.</summary>
    public static byte[] Of(params IEnumerable<int> frames) => [0, 0, .. frames.SelectMany(static frame => (byte[])[AsItIs, (byte)frame])];
}
