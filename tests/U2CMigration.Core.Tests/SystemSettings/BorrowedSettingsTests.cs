using U2CMigration.Core.SystemSettings;

namespace U2CMigration.Core.Tests.SystemSettings;

public sealed class BorrowedSettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly List<(string Holder, string Note)> _abandoned = [];

    public BorrowedSettingsTests()
    {
        File.WriteAllText(Setting, "0\n");
        File.WriteAllText(Other, "7\n");
    }

    private string Setting => Path.Combine(_directory, "setting");

    private string Other => Path.Combine(_directory, "other");

    private string Notes => Path.Combine(_directory, "notes");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void GiveBack_OthersStillBorrow_OnlyTheLastPutsBackWhatWasBeforeTheFirst()
    {
        BorrowedSettings.Borrower first = Borrow("first")!;
        BorrowedSettings.Borrower second = Borrow("second")!;

        first.GiveBack();
        string[] meanwhile = Values();
        second.GiveBack();

        meanwhile.Should().Equal("1", "2");
        Values().Should().Equal("0", "7");
        Directory.EnumerateFiles(Notes).Select(Path.GetFileName).Should().Equal("dev.lock");
    }

    [Fact]
    public void Recover_BorrowerLives_LeavesItAlone()
    {
        BorrowedSettings.Borrower living = Borrow("living")!;

        New().Recover(Note);

        _abandoned.Should().BeEmpty();
        Values().Should().Equal("1", "2");
        living.GiveBack();
        Values().Should().Equal("0", "7");
    }

    [Fact]
    public void Recover_BorrowerIsGone_PutsBackAndNamesIt()
    {
        Kill("gone");

        New().Recover(Note);

        _abandoned.Should().Equal(("gone", "note of gone"));
        Values().Should().Equal("0", "7");
    }

    [Fact]
    public void TryBorrow_AnotherIsGone_WhatWasBeforeThatOneCounts()
    {
        Kill("gone");

        BorrowedSettings.Borrower next = Borrow("next")!;
        next.GiveBack();

        _abandoned.Should().Equal(("gone", "note of gone"));
        Values().Should().Equal("0", "7");
    }

    [Fact]
    public void TryBorrow_HolderOfThatNameIsAtWork_RefusesAndTouchesNothing()
    {
        BorrowedSettings.Borrower one = Borrow("same")!;

        Borrow("same").Should().BeNull();

        Values().Should().Equal("1", "2");
        one.GiveBack();
        Values().Should().Equal("0", "7");
    }

    [Fact]
    public void TryBorrow_WhatWasBeforeCannotBeWrittenDown_ChangesNothing()
    {
        // As on a full disk.
        Directory.CreateDirectory(Path.Combine(Notes, "dev.before.new"));

        FluentActions.Invoking(() => Borrow("any")).Should().Throw<Exception>().Which.Should().Match(static e => e is IOException || e is UnauthorizedAccessException);

        Values().Should().Equal("0", "7");
        Directory.EnumerateFiles(Notes, "dev.held-*").Should().BeEmpty();
    }

    [Fact]
    public void GiveBack_SomebodyChangedASettingMeanwhile_ItStays()
    {
        BorrowedSettings.Borrower one = Borrow("one")!;
        File.WriteAllText(Setting, "8\n");

        one.GiveBack();

        Values().Should().Equal("8", "7");
    }

    [Fact]
    public async Task TryBorrow_ManyAtOnce_EndsAsItBegan()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, cancellation) =>
        {
            BorrowedSettings.Borrower one = Borrow($"{i}")!;
            await Task.Delay(i % 3, cancellation);
            Values().Should().Equal("1", "2");
            one.GiveBack();
        });

        Values().Should().Equal("0", "7");
    }

    private string[] Values() => [File.ReadAllText(Setting).Trim(), File.ReadAllText(Other).Trim()];

    private BorrowedSettings.Borrower? Borrow(string holder) => New().TryBorrow(holder, $"note of {holder}", Note);

    /// <summary>Leaves what a process that was killed leaves: the files, and no lock.</summary>
    private void Kill(string holder)
    {
        Borrow(holder).Should().NotBeNull();
        string path = Path.Combine(Notes, $"dev.held-{holder}");
        string copy = path + ".copy";
        File.WriteAllText(copy, $"note of {holder}");
        File.Move(copy, path, overwrite: true);
    }

    private void Note(string holder, string note) => _abandoned.Add((holder, note));

    private BorrowedSettings New() => new(Notes, "dev", [new BorrowedSetting(Setting, "1"), new BorrowedSetting(Other, "2")]);
}
