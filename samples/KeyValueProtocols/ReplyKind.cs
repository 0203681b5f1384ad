namespace KeyValueProtocols;

/// <summary>What a server says in a reply.</summary>
public enum ReplyKind
{
    /// <summary>The value was stored.</summary>
    Stored,

    /// <summary>The counter stands at the content.</summary>
    Number,

    /// <summary>The value of a key.</summary>
    Value,

    /// <summary>There is no such key.</summary>
    Absent,
}
