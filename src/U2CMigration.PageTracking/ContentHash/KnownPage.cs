namespace U2CMigration.PageTracking.ContentHash;

/// <summary>What is known of a page.</summary>
internal struct KnownPage
{
    /// <summary>The pass that saw it last.</summary>
    internal int Pass;

    /// <summary>Whether it was copied since it was seen last.</summary>
    internal CopyState Copy;

    /// <summary>The content seen last.</summary>
    internal UInt128 Seen;

    /// <summary>The content copied last.</summary>
    internal UInt128 Copied;

    internal enum CopyState
    {
        None,

        /// <summary>It is being read by somebody else, or could not be.</summary>
        Unknown,
        Done,
    }

    internal readonly bool Differs(UInt128 hash) =>
        Seen != hash || Copy == CopyState.Unknown || (Copy == CopyState.Done && Copied != hash);
}
