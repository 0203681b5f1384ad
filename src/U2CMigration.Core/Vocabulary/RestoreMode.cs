namespace U2CMigration.Core.Receiving;

/// <summary>How the destination gives the pages to the restored processes.</summary>
public enum RestoreMode
{
    /// <summary><see cref="FirstTouch"/> where the kernel can, else <see cref="FlatImages"/>.</summary>
    Auto,

    /// <summary>The processes resume at once and find each page when they touch it (userfaultfd). Downtime does not grow with memory.</summary>
    FirstTouch,

    /// <summary>All pages are written to an image and CRIU reads them before the processes resume. Needs nothing of the kernel; downtime grows with memory.</summary>
    FlatImages,
}
