using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.LazyPages.Handover;

/// <summary>Keeps the userfaultfds of restored processes open when this program dies, for a successor. Called by the serving thread.</summary>
internal interface IDescriptorHolder
{
    /// <summary>Takes one more, which stays the caller's as well.</summary>
    void Hold(int member, SafeFileHandle descriptor);

    /// <summary>One is about to be closed here, as its memory is gone.</summary>
    void Forget(int member);

    /// <summary>Lets go of some whose memory is complete: when this returns true, the caller has the only ones.</summary>
    /// <returns>False when that is not possible now, and all are held as before.</returns>
    bool TryLetGo(IReadOnlyList<int> members);

    /// <summary>Lets go of all, as no page is missing any more: when this returns true, the caller has the only ones.</summary>
    /// <returns>False when it cannot be written down yet that all is done: to be tried again.</returns>
    bool TryFinish();
}
