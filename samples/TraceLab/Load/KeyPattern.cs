namespace TraceLab.Load;

/// <summary>Which keys a client prefers.</summary>
public enum KeyPattern
{
    /// <summary>All keys alike.</summary>
    Uniform,

    /// <summary>A few keys far more than others; where they lie is random.</summary>
    Zipfian,

    /// <summary>The keys that were inserted last.</summary>
    Latest,
}
