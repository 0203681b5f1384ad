namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>What a userfaultfd reports, with the meaning of the arguments of <see cref="UserfaultMessage"/>.</summary>
internal enum UserfaultEvent : byte
{
    /// <summary>A page was touched: flags, address.</summary>
    Touch = 0x12,

    /// <summary>The process forked: descriptor of the child.</summary>
    Fork = 0x13,

    /// <summary>Memory was moved: from, to, length.</summary>
    Remap = 0x14,

    /// <summary>Memory will be discarded: start, end.</summary>
    Remove = 0x15,

    /// <summary>Memory was unmapped: start, end.</summary>
    Unmap = 0x16,
}
