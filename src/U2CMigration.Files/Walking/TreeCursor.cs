namespace U2CMigration.Files.Walking;

/// <summary>Something that goes about in a tree, one directory up or down at a time.</summary>
internal abstract class TreeCursor(Node root)
{
    private readonly List<Node> _way = [];
    private Node _at = root;

    /// <summary>Goes to a directory, by the shortest way.</summary>
    /// <returns>0, or the errno of a step that could not be made; the place is the last that was reached then.</returns>
    public int MoveTo(Node directory)
    {
        _way.Clear();
        Node meeting = directory;
        while (!ReferenceEquals(meeting, _at))
        {
            if (meeting.Depth >= _at.Depth)
            {
                _way.Add(meeting);
                meeting = meeting.Parent!;
            }
            else
            {
                Up();
                _at = _at.Parent!;
            }
        }

        for (int i = _way.Count - 1; i >= 0; i--)
        {
            int error = Down(_way[i]);
            if (error != 0)
            {
                return error;
            }

            _at = _way[i];
        }

        return 0;
    }

    protected abstract void Up();

    protected abstract int Down(Node directory);
}
