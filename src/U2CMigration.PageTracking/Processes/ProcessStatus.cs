using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace U2CMigration.PageTracking.Processes;

/// <summary>The fields of /proc/PID/status that are needed here. See proc_pid_status(5).</summary>
/// <param name="Name">The name, at most 15 characters; control characters are escaped by the kernel.</param>
/// <param name="TracerProcessId">The process that traces it (a debugger, strace), or 0.</param>
/// <param name="NamespaceProcessIds">Its numbers from the reader's PID namespace inwards; the last is the one it sees itself.</param>
/// <param name="EffectiveCapabilities">Its capabilities as a bit set.</param>
public sealed record ProcessStatus(string Name, int TracerProcessId, IReadOnlyList<int> NamespaceProcessIds, ulong EffectiveCapabilities)
{
    /// <summary>Reads the content of the file.</summary>
    /// <param name="content">The bytes of /proc/PID/status.</param>
    /// <param name="status">What it says.</param>
    /// <returns>False when a needed field is missing or malformed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> content, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ProcessStatus? status)
    {
        status = null;
        string? name = null;
        int tracer = -1;
        ulong? capabilities = null;
        List<int> numbers = [];
        while (!content.IsEmpty)
        {
            int end = content.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
            content = end < 0 ? [] : content[(end + 1)..];
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            ReadOnlySpan<byte> key = line[..colon];
            if (key.SequenceEqual("Name"u8))
            {
                name ??= Encoding.UTF8.GetString(value);
            }
            else if (key.SequenceEqual("TracerPid"u8))
            {
                tracer = Utf8Parser.TryParse(value, out int parsed, out _) ? parsed : -1;
            }
            else if (key.SequenceEqual("CapEff"u8))
            {
                capabilities = ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong parsed) ? parsed : null;
            }
            else if (key.SequenceEqual("NSpid"u8) && !TryParseNumbers(value, numbers))
            {
                return false;
            }
        }

        if (name is null || tracer < 0 || capabilities is null)
        {
            return false;
        }

        status = new ProcessStatus(name, tracer, numbers, capabilities.Value);
        return true;
    }

    private static bool TryParseNumbers(ReadOnlySpan<byte> text, List<int> numbers)
    {
        while (!text.IsEmpty)
        {
            if (!Utf8Parser.TryParse(text, out int number, out int consumed))
            {
                return false;
            }

            numbers.Add(number);
            text = text[consumed..].TrimStart(" \t"u8);
        }

        return true;
    }
}
