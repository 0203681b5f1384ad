namespace U2CMigration.Criu.Options;

/// <summary>How CRIU keeps packets away from connections while they are dumped or restored.</summary>
public enum CriuNetworkLock
{
    /// <summary>What CRIU was built to use.</summary>
    CriuDefault = 0,

    /// <summary>The iptables programs, started once per rule.</summary>
    Iptables = 1,

    /// <summary>nf_tables through its library; CRIU 3.16.</summary>
    Nftables = 2,

    /// <summary>None: the caller keeps packets away, for example because the address is not there. CRIU 3.19.</summary>
    Skip = 3,
}
