namespace U2CMigration.Criu.Options;

/// <summary>How much CRIU writes to its log.</summary>
public enum CriuLogLevel
{
    /// <summary>Only messages that are always written.</summary>
    Silent = 0,

    /// <summary>Errors.</summary>
    Error = 1,

    /// <summary>Errors and warnings: CRIU's own default.</summary>
    Warning = 2,

    /// <summary>Also what is done.</summary>
    Information = 3,

    /// <summary>Everything, with the steps of each task; good for finding out what takes time.</summary>
    Debug = 4,
}
