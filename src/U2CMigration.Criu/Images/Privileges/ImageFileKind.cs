namespace U2CMigration.Criu.Images.Privileges;

/// <summary>What a restore opens or makes.</summary>
internal enum ImageFileKind
{
    /// <summary>A file, directory, FIFO or device under its path.</summary>
    Path,

    /// <summary>A unix socket that is bound to its path.</summary>
    Socket,
}
