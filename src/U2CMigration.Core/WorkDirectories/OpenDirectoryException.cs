namespace U2CMigration.Core.WorkDirectories;

/// <summary>A directory is open to others than its owner; the message is a sentence that says how, and what helps.</summary>
internal sealed class OpenDirectoryException(string message) : IOException(message);
