namespace U2CMigration.Prediction.Attention;

/// <summary>Which inputs a model was trained with; the others are zero for it. Part of its weights, so that training and prediction agree.</summary>
[Flags]
internal enum InputSelection
{
    /// <summary>The page's own bits and what all pages have in common.</summary>
    OwnBits = 0,

    /// <summary>The bits of neighbouring pages.</summary>
    Neighbours = 1,

    /// <summary>The system-level features.</summary>
    System = 2,

    /// <summary>What the container's own past says: similar moments and counted outcomes.</summary>
    Container = 4,

    /// <summary>All of them.</summary>
    All = Neighbours | System | Container,
}
