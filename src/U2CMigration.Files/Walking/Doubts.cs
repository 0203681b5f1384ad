namespace U2CMigration.Files.Walking;

/// <summary>Has a tree compared again as a whole.</summary>
internal static class Doubts
{
    public static void Raise(SourceTree tree)
    {
        foreach (FileContent content in tree.Contents.Values)
        {
            content.IsInDoubt = true;
        }

        var directories = new Stack<Node>([tree.Top]);
        while (directories.TryPop(out Node? directory))
        {
            directory.Directory!.IsInDoubt = true;
            foreach (Node child in directory.Directory.Children.Values)
            {
                if (child.Directory is not null)
                {
                    directories.Push(child);
                }
            }
        }
    }
}
