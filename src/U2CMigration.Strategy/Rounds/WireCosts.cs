using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Strategy.Rounds;

/// <summary>What a page costs on the wire on average, bytes.</summary>
/// <param name="NewBytes">A page of which the destination has no version.</param>
/// <param name="AgainBytes">A page of which it has one.</param>
public readonly record struct WireCosts(double NewBytes, double AgainBytes)
{
    /// <summary>Pages that travel as they are.</summary>
    public static WireCosts Raw { get; } = new(PageSize.Bytes, PageSize.Bytes);
}
