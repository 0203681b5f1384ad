using System.Globalization;
using U2CMigration.Containers.Podman;

namespace U2CMigration.Containers.Tests.Podman;

public sealed class PodmanLogTests : IDisposable
{
    private readonly string _source = Path.GetTempFileName();
    private readonly string _destination = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_source);
        File.Delete(_destination);
    }

    [Theory]
    [InlineData("one\ntwo\n", 4, "one\n", "one\ntwo\n")]
    [InlineData("one\n", 4, "one\n", "one\n")]
    [InlineData("new\n", 400, "one\nand so on", "new\n")]
    [InlineData("one\ntwo\n", 0, "", "one\ntwo\n")]
    public void Give_WhatWasTaken_DestinationHasTheWholeLog(string log, long carried, string there, string expected)
    {
        File.WriteAllText(_source, log);
        File.WriteAllText(_destination, there);

        (IReadOnlyDictionary<string, string> state, long left) = PodmanLog.Take(_source, carried, mayBeCut: false);
        PodmanLog.Give(_destination, state);

        File.ReadAllText(_destination).Should().Be(expected);
        left.Should().Be(0);
    }

    [Fact]
    public void Take_TooMuch_IsRefusedOrHasTheNewestLines()
    {
        string[] lines = [.. Enumerable.Range(0, 2_000_000).Select(static number => number.ToString("D9", CultureInfo.InvariantCulture))];
        File.WriteAllLines(_source, lines);

        FluentActions.Invoking(() => PodmanLog.Take(_source, 0, mayBeCut: false)).Should().Throw<IOException>().WithMessage("*--allow-shorter-log*");
        (IReadOnlyDictionary<string, string> state, long left) = PodmanLog.Take(_source, 100, mayBeCut: true);
        File.WriteAllText(_destination, "old\n");
        PodmanLog.Give(_destination, state);

        string[] there = File.ReadAllLines(_destination);
        left.Should().BePositive();
        there.Should().Equal(lines[^there.Length..]);
        there.Length.Should().BeGreaterThan(1_600_000);
    }

    [Theory]
    [InlineData("x", "AAAA")]
    [InlineData("-1", "AAAA")]
    [InlineData("0", "%")]
    public void Give_StrangeState_IsRefused(string from, string text)
    {
        var state = new Dictionary<string, string> { ["log-from"] = from, ["log-text"] = text };

        FluentActions.Invoking(() => PodmanLog.Give(_destination, state)).Should().Throw<IOException>();
    }
}
