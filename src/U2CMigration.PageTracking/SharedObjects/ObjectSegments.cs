using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Pages;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Cuts an object into pieces that hold data and pieces that are holes. A hole must not be read through a mapping: that would fill it.</summary>
internal static class ObjectSegments
{
    /// <summary>Pieces of data are no longer than this, so that several threads find work.</summary>
    private const long PieceBytes = 4 << 20;

    /// <summary>Lists the pieces of a file in ascending order, in whole pages.</summary>
    internal static List<ObjectPiece> Of(SafeFileHandle file, long size) => Of(file, 0, RoundUp(size));

    /// <summary>Lists the pieces between two offsets of whole pages.</summary>
    internal static List<ObjectPiece> Of(SafeFileHandle file, long start, long end)
    {
        var pieces = new List<ObjectPiece>();
        long at = start;
        while (at < end)
        {
            long data = Seek(file, at, SEEK_DATA);
            data = data < 0 ? end : Math.Clamp(RoundDown(data), at, end);
            if (data > at)
            {
                pieces.Add(new ObjectPiece(at, data, IsHole: true));
            }

            if (data == end)
            {
                break;
            }

            long hole = Seek(file, data, SEEK_HOLE);
            hole = hole < 0 ? end : Math.Clamp(RoundUp(hole), data + PageSize.Bytes, end);
            Cut(data, hole, pieces);
            at = hole;
        }

        return pieces;
    }

    /// <summary>Adds a run of data in pieces.</summary>
    internal static void Cut(long start, long end, List<ObjectPiece> pieces)
    {
        for (long at = start; at < end; at = Math.Min(end, at + PieceBytes))
        {
            pieces.Add(new ObjectPiece(at, Math.Min(end, at + PieceBytes), IsHole: false));
        }
    }

    private static long RoundDown(long offset) => offset & ~((long)PageSize.Bytes - 1);

    private static long RoundUp(long offset) => RoundDown(offset + PageSize.Bytes - 1);
}
