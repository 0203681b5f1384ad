namespace KeyValueProtocols;

/// <summary>One whole reply of a server.</summary>
/// <param name="kind">What it says.</param>
/// <param name="content">The value or the digits, where there are any; part of the bytes that it was read from.</param>
/// <param name="length">The bytes of the whole reply.</param>
public readonly ref struct Reply(ReplyKind kind, ReadOnlySpan<byte> content, int length)
{
    public ReplyKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Content { get; } = content;

    public int Length { get; } = length;
}
