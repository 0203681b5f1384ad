namespace U2CMigration.Transport.Frames;

/// <summary>What a peer can do beyond the version it speaks. Used when both sides have the bit.</summary>
[Flags]
public enum ProtocolFeatures : ulong
{
    /// <summary>Nothing beyond the version.</summary>
    None = 0,

    /// <summary>Each batch of pages is acknowledged, so that the sender knows the bandwidth and what is under way.</summary>
    PageAcknowledgements = 1,

    /// <summary>Pages may travel as references, differences and compressed.</summary>
    PageCodec = 2,

    /// <summary>Offers may tell what is special about a workload (<see cref="Messages.Offer.Traits"/>).</summary>
    OfferTraits = 4,

    /// <summary>What is compared is the memory of the restored tree: a sample of it while it is held, all of it once it runs.</summary>
    RestoredMemory = 8,

    /// <summary>File locks that the destination cannot take while the frozen original holds them are handed over after the commit.</summary>
    LockHandover = 16,

    /// <summary>An offer is followed by what the restore will ask of the destination (<see cref="Messages.Needs"/>), which may also be all that is wanted.</summary>
    InventoryOfNeeds = 64,

    /// <summary>Shared memory travels as pages of objects (<see cref="Messages.SharedObjectList"/>), and the destination gives these objects to the restored processes.</summary>
    SharedObjects = 32,

    /// <summary>What CRIU's images leave out travels beside them, and what could not be given to the restored tasks is reported.</summary>
    CarriedState = 128,

    /// <summary>What the restore needs includes the features of the processor, and an acceptance may come with warnings (<see cref="Messages.Needs.ProcessorFeatures"/>).</summary>
    ProcessorFeatures = 256,

    /// <summary>When <see cref="Messages.ImagesEnd"/> comes, all private memory was sent: only shared memory, what is asked for and <see cref="CarriedState"/> follow.</summary>
    PrivateMemoryFirst = 512,

    /// <summary>The destination speaks first, with a <see cref="Messages.Challenge"/>, and a secret may be proven on each connection (<see cref="Messages.Proof"/>).</summary>
    Proof = 1024,

    /// <summary>Acceptances and answers name the record that they come from (<see cref="Messages.LedgerIdentity"/>), and a question may ask to give up what is not committed.</summary>
    LedgerIdentity = 2048,

    /// <summary>Files travel in step with the memory: rounds of them (<see cref="Messages.FilesRound"/>), and a stream of bytes beside the messages (<see cref="Messages.StreamData"/>).</summary>
    FilesInStep = 4096,

    /// <summary>An offer may be of a tree that has an owner, a container of a runtime for example, which is named in its requirements.</summary>
    OwnedTrees = 8192,

    /// <summary>Such a tree may bring a network of its own, which is described there.</summary>
    OwnNetworks = 16384,
}
