using System.Text.Json;
using System.Text.Json.Serialization;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Networking.Model;

/// <summary>The network of a container in the description that goes to the destination: as JSON, in pieces, as a property has a limited length.</summary>
internal static class NetworkText
{
    /// <summary>What a property takes less its name, see <see cref="TreeDescription.Properties"/>.</summary>
    private const int Piece = 3900;

    /// <summary>What a description takes less what else is in it.</summary>
    internal const int MostPieces = 80;

    private const string Prefix = "network.";

    /// <summary>The properties.</summary>
    /// <exception cref="IOException">It is too long.</exception>
    public static IEnumerable<KeyValuePair<string, string>> ToProperties(NetworkState state)
    {
        // Nothing but ASCII, so that a character is a byte.
        string text = JsonSerializer.Serialize(state, NetworkJson.Default.NetworkState);
        string[] pieces = [.. text.Chunk(Piece).Select(static piece => new string(piece))];
        return pieces.Length <= MostPieces
            ? pieces.Select(static (piece, index) => KeyValuePair.Create($"{Prefix}{index}", piece))
            : throw new IOException($"The network namespace of the container takes {text.Length:N0} bytes to describe, and {MostPieces * Piece:N0} are possible. Make its packet filter shorter (sets in place of single rules), or prepare the namespace on the destination and name it there.");
    }

    /// <summary>The network in a description; null where it has none.</summary>
    /// <exception cref="IOException">It makes no sense.</exception>
    public static NetworkState? Parse(TreeDescription tree)
    {
        string text = string.Concat(Enumerable.Range(0, MostPieces).Select(index => tree.Property($"{Prefix}{index}")));
        try
        {
            return text.Length == 0 ? null : JsonSerializer.Deserialize(text, NetworkJson.Default.NetworkState);
        }
        catch (JsonException e)
        {
            throw new IOException($"What the source says of the network of the container makes no sense: {e.Message}", e);
        }
    }
}

/// <summary>Written by the compiler, so that it needs no reflection.</summary>
[JsonSerializable(typeof(NetworkState))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class NetworkJson : JsonSerializerContext;
