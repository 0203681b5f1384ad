using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>How much to copy between two looks for touches: little after a touch, twice as much each time none came.</summary>
internal sealed class FillPace(int touchedBytes, int quietBytes)
{
    private readonly int _smallest = touchedBytes >> PageGeometry.Shift;
    private readonly int _largest = quietBytes >> PageGeometry.Shift;

    /// <summary>The pages to copy next.</summary>
    internal int Pages { get; private set; } = quietBytes >> PageGeometry.Shift;

    internal void Adapt(bool touched) => Pages = touched ? _smallest : int.Min(Pages * 2, _largest);
}
