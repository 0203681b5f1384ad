namespace U2CMigration.Core.SystemSettings;

/// <summary>A setting of the kernel and what it is for some time.</summary>
/// <param name="Path">Its file below <c>/proc/sys</c>.</param>
/// <param name="Value">The value while it is borrowed, as the kernel shows it.</param>
internal sealed record BorrowedSetting(string Path, string Value);
