using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>What the codec may do.</summary>
public sealed record PageCodecOptions
{
    /// <summary>Used by <see cref="PageCodec"/> when <see cref="MaxBaseBytes"/> is 0: 256 MiB.</summary>
    public const long DefaultBaseBytes = 256L << 20;

    /// <summary>Whether pages are coded.</summary>
    /// <value><see cref="PageCodecMode.ByStrategy"/>.</value>
    public PageCodecMode Mode { get; init; }

    /// <summary>
    /// The most memory on the source for bases, the pages as they were sent last. Memory is taken as pages are sent. With less than the working set takes, pages
    /// without a base travel whole.
    /// </summary>
    /// <value>
    /// 0: a session takes the resident memory of the workload, at most a quarter of the memory available; a codec made by itself <see cref="DefaultBaseBytes"/>.
    /// </value>
    public long MaxBaseBytes { get; init; }

    /// <summary>Whether changed pages may travel as differences.</summary>
    /// <value>true.</value>
    public bool UseDeltas { get; init; } = true;

    /// <summary>Whether pages may be compressed by themselves.</summary>
    /// <value>true.</value>
    public bool UseCompression { get; init; } = true;

    /// <summary>Whether a page with the content of another may refer to it.</summary>
    /// <value>true.</value>
    public bool UseReferences { get; init; } = true;

    /// <summary>What is wrong with the values; empty if nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Mode))
        {
            yield return $"{nameof(Mode)} is {(int)Mode}; it must be a value of {nameof(PageCodecMode)}.";
        }

        if (MaxBaseBytes < 0 || MaxBaseBytes is > 0 and < PageRun.PageBytes)
        {
            yield return $"{nameof(MaxBaseBytes)} is {MaxBaseBytes}; it must be 0 (chosen by itself) or at least a page. To do without bases, set {nameof(UseDeltas)} to false.";
        }
    }
}
