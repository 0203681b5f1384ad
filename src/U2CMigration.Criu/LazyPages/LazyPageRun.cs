namespace U2CMigration.Criu.LazyPages;

/// <summary>Pages of an <see cref="ILazyPageSource"/> that lie one behind the other in this process's memory.</summary>
/// <param name="Source">The address of the first page in this process; valid until it is released.</param>
/// <param name="Pages">The number of pages; 0 means that the page asked for is not held.</param>
public readonly record struct LazyPageRun(nint Source, int Pages);
