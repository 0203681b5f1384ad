namespace U2CMigration.Criu.PageServer;

/// <summary>What a page server is told.</summary>
public enum PageServerCommand
{
    /// <summary>Pages or a hole, without flags; older than CRIU 3.12.</summary>
    Add = 1,

    /// <summary>A hole that refers to the parent images; older than CRIU 3.12.</summary>
    Hole = 2,

    /// <summary>The following pages belong to a target; not answered; older than CRIU 3.12.</summary>
    Open = 3,

    /// <summary>The following pages belong to a target; answered by one byte: whether there are parent images.</summary>
    Open2 = 4,

    /// <summary>Asks whether a target has parent images; answered by four bytes.</summary>
    Parent = 5,

    /// <summary>Pages or a hole with flags.</summary>
    AddFlagged = 6,

    /// <summary>Asks for pages.</summary>
    Get = 7,

    /// <summary>Ends a connection; answered by a status.</summary>
    Close = 0x1023,

    /// <summary>Ends a dump on a shared connection; answered by a status.</summary>
    ForceClose = 0x1024,
}
