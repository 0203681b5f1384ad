namespace U2CMigration.Criu.Interop;

/// <summary>What became of a request to put pages into a process.</summary>
internal enum InstallStatus
{
    /// <summary>At least one page was installed.</summary>
    Installed,

    /// <summary>EAGAIN: the memory map is changing; read the events, then look the address up again.</summary>
    EventWaiting,

    /// <summary>EEXIST: the first page is there already.</summary>
    AlreadyPresent,

    /// <summary>ENOENT: the range does not lie in one registered mapping.</summary>
    NotRegistered,

    /// <summary>ESRCH: the process has exited or runs another program.</summary>
    ProcessGone,
}
