using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>
/// The timer descriptors of a dumped tree, which the images keep so that some are restored wrong: a periodic one that has fired and was not read shows no time left, and is
/// restored stopped; one that was set by absolute time is restored up to a second early, and one that had fired by then fires again.
/// </summary>
public static class TimerDescriptorImage
{
    private const uint RealTime = 0; // CLOCK_REALTIME
    private const uint RealTimeAlarm = 8; // CLOCK_REALTIME_ALARM
    private const uint AbsoluteTime = 1; // TFD_TIMER_ABSTIME
    private const uint CancelOnSet = 2; // TFD_TIMER_CANCEL_ON_SET
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Rewrites the timer descriptors that would be restored wrong.</summary>
    /// <param name="directory">The images, fresh from a dump on this host.</param>
    /// <param name="now">The time of this host's wall clock.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static int Repair(ImageDirectory directory, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(directory);
        List<FileEntry> files = FilesImage.Read(directory);
        int repaired = files.Count(file => file.Tfd is { } timer && Repair(timer, now));
        if (repaired > 0)
        {
            FilesImage.Write(directory, files);
        }

        return repaired;
    }

    private static bool Repair(TimerDescriptorEntry timer, DateTimeOffset now)
    {
        bool isArmed = (timer.Vsec | timer.Vnsec) != 0;
        bool isPeriodic = (timer.Isec | timer.Insec) != 0;
        bool isStopped = !isArmed && isPeriodic && timer.Ticks > 0;
        bool isAbsolute = (timer.SettimeFlags & AbsoluteTime) != 0;
        if (isStopped)
        {
            // The next tick is overdue; the kernel counts those that were missed by the interval.
            timer.Vnsec = 1;
        }

        if (isAbsolute && isArmed && (timer.SettimeFlags & CancelOnSet) != 0 && timer.Clockid is (RealTime or RealTimeAlarm))
        {
            // Only an absolute time hears of a set clock. What is in the image is the time left, and the restore adds the whole seconds of its clock: the fraction has to be in already.
            ulong left = timer.Vnsec + (ulong)(now.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
            timer.Vsec += left / NanosecondsPerSecond;
            timer.Vnsec = left % NanosecondsPerSecond;
        }
        else if (isAbsolute)
        {
            // The time left is what the image has, so that is how it is to be understood.
            timer.SettimeFlags &= ~(AbsoluteTime | CancelOnSet);
        }

        return isStopped || isAbsolute;
    }
}
