namespace U2CMigration.Criu.Images;

/// <summary>Words what is wrong with an image file, and where.</summary>
internal static class ImageError
{
    internal const string Request = "IMAGES";

    internal static CriuException At(string path, long offset, string problem, Exception? inner = null) =>
        new($"The image file {path} is damaged at offset {offset}: {problem}. Take the dump again, or copy the file again.", Request, 0, null, inner);
}
