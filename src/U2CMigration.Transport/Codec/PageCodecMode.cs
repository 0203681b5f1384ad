namespace U2CMigration.Transport.Codec;

/// <summary>Whether pages are coded.</summary>
public enum PageCodecMode
{
    /// <summary>As the strategy of the migration wants.</summary>
    ByStrategy,

    /// <summary>Pages travel as they are; zero pages as one bit.</summary>
    Off,

    /// <summary>Each page travels in the way that costs the least time on the link as it is.</summary>
    Auto,
}
