namespace U2CMigration.Prediction.Tests.TwoPhase;

/// <summary>A clock that goes on when it is told to, and by a step whenever somebody looks at it.</summary>
internal sealed class HandClock(int step = 0) : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now += step;

    public void Advance(int milliseconds) => _now += milliseconds;
}
