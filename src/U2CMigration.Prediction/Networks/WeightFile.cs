using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace U2CMigration.Prediction.Networks;

/// <summary>Reads and writes sets of weights. A file holds numbers only: reading one never runs code.</summary>
/// <remarks>
/// Little-endian: <c>U2CW</c>, version (2 bytes), model (text), settings (4 bytes), description (text), number of tensors (2 bytes); for each tensor its name (text),
/// number of axes (1 byte), their lengths (4 bytes each), values (4 bytes each); SHA-256 of all before it. A text is its length in bytes (2 bytes) and UTF-8.
/// </remarks>
public static class WeightFile
{
    /// <summary>The version that this package writes, and the only one it reads.</summary>
    public const int Version = 1;

    /// <summary>No file is larger than this.</summary>
    public const int MostBytes = 1 << 20;

    private const int MostAxes = 4;
    private static readonly byte[] Magic = "U2CW"u8.ToArray();

    /// <summary>Writes a set of weights.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="weights">The weights.</param>
    /// <exception cref="ArgumentException">The file would be larger than <see cref="MostBytes"/>.</exception>
    public static void Write(Stream stream, WeightSet weights)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(weights);
        using MemoryStream body = new();
        using BinaryWriter writer = new(body);
        writer.Write(Magic);
        writer.Write((ushort)Version);
        WriteText(writer, weights.Model);
        writer.Write(weights.Settings);
        WriteText(writer, weights.Description);
        writer.Write(checked((ushort)weights.Tensors.Count));
        foreach (WeightTensor tensor in weights.Tensors)
        {
            WriteText(writer, tensor.Name);
            writer.Write(checked((byte)tensor.Shape.Count));
            foreach (int length in tensor.Shape)
            {
                writer.Write(length);
            }

            foreach (float value in tensor.Values)
            {
                writer.Write(value);
            }
        }

        byte[] bytes = body.ToArray();
        if (bytes.Length + SHA256.HashSizeInBytes > MostBytes)
        {
            throw new ArgumentException($"These weights need {bytes.Length} bytes; a weight file may have {MostBytes}.", nameof(weights));
        }

        stream.Write(bytes);
        stream.Write(SHA256.HashData(bytes));
    }

    /// <summary>Reads a set of weights.</summary>
    /// <param name="stream">The file.</param>
    /// <exception cref="WeightFormatException">It is truncated, too long, foreign, of another version, or damaged.</exception>
    public static WeightSet Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] file = new byte[MostBytes + 1];
        int length = stream.ReadAtLeast(file, file.Length, throwOnEndOfStream: false);
        if (length > MostBytes)
        {
            throw new WeightFormatException($"A weight file has at most {MostBytes} bytes; this one has more.");
        }

        return Parse(file.AsSpan(0, length));
    }

    private static WeightSet Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < Magic.Length || !file.StartsWith(Magic))
        {
            throw new WeightFormatException("This is not a weight file: it does not begin with U2CW.");
        }

        if (file.Length < Magic.Length + 2 + SHA256.HashSizeInBytes)
        {
            throw new WeightFormatException($"The weight file is truncated: it has only {file.Length} bytes.");
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(file[Magic.Length..]);
        if (version != Version)
        {
            throw new WeightFormatException($"The weight file has version {version}; this package reads version {Version}.");
        }

        ReadOnlySpan<byte> body = file[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(file[^SHA256.HashSizeInBytes..]))
        {
            throw new WeightFormatException("The weight file is damaged or truncated: its checksum is wrong.");
        }

        return ParseBody(new WeightReader(body[(Magic.Length + 2)..]));
    }

    private static WeightSet ParseBody(WeightReader reader)
    {
        string model = reader.Text();
        int settings = reader.Int32();
        string description = reader.Text();
        WeightTensor[] tensors = new WeightTensor[reader.UInt16()];
        for (int i = 0; i < tensors.Length; i++)
        {
            string name = reader.Text();
            int axes = reader.Byte();
            if (axes > MostAxes)
            {
                throw new WeightFormatException($"The weights '{name}' have {axes} axes; at most {MostAxes} are allowed.");
            }

            int[] shape = new int[axes];
            for (int axis = 0; axis < axes; axis++)
            {
                shape[axis] = reader.Int32();
            }

            tensors[i] = new WeightTensor(name, shape, reader.Values(name, shape));
        }

        reader.End();
        return new WeightSet(model, settings, description, tensors);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(checked((ushort)bytes.Length));
        writer.Write(bytes);
    }
}
