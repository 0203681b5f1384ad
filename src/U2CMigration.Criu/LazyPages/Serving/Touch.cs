namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>A thread of a restored process waits for a page.</summary>
/// <param name="Task">The process.</param>
/// <param name="Address">Any address in the page.</param>
/// <param name="Since">The earliest time at which the touch can have come.</param>
internal readonly record struct Touch(RestoredTask Task, ulong Address, long Since);
