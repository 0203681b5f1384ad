namespace U2CMigration.Criu.Options;

/// <summary>How a pre-dump takes pages.</summary>
public enum CriuPreDumpMode
{
    /// <summary>Through pipes while the tasks are frozen: consistent with the freeze.</summary>
    Splice = 1,

    /// <summary>With process_vm_readv after the tasks run again: a shorter freeze, content may be newer. CRIU 3.14.</summary>
    VmRead = 2,
}
