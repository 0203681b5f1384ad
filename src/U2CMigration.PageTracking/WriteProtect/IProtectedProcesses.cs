namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>A tracker that write-protects processes.</summary>
internal interface IProtectedProcesses
{
    /// <summary>The write-protection of a process: one for each address space that it has had; null where it has none now.</summary>
    WriteProtection? ProtectionOf(int processId);
}
