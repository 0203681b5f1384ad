namespace U2CMigration.Criu.Images.Privileges;

/// <summary>Something that a restore opens or makes in the file system.</summary>
/// <param name="Path">Its path, as the images have it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsCode">Whether a process executes it, or has it mapped to be executed.</param>
/// <param name="IsRead">Whether it is opened to be read.</param>
/// <param name="IsWritten">Whether it is opened to be written, or made.</param>
internal readonly record struct ImageFile(string Path, ImageFileKind Kind, bool IsCode, bool IsRead, bool IsWritten);
