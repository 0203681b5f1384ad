using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class LazyPagesOptionsTests
{
    private static readonly LazyPagesOptions Valid = new() { WorkDirectory = Path.GetTempPath() };

    [Fact]
    public void Validate_TheDefaults_Accepts() => Valid.Invoking(options => options.Validate()).Should().NotThrow();

    [Fact]
    public void Validate_ALongDirectory_NamesTheLimit()
    {
        using var directory = new TemporaryDirectory();
        DirectoryInfo longer = Directory.CreateDirectory(Path.Combine(directory.Path, new string('x', 100)));

        Action validate = () => (Valid with { WorkDirectory = longer.FullName }).Validate();

        validate.Should().Throw<ArgumentException>().WithMessage("*too long*107 bytes*");
    }

    [Fact]
    public void Validate_SeveralProblems_NamesAll()
    {
        Action validate = () => (Valid with { FillBytes = 5000, ReadAheadPages = -1, WorkDirectory = "/nowhere" }).Validate();

        validate.Should().Throw<ArgumentException>().WithMessage("*'/nowhere' does not exist*FillBytes is 5000*ReadAheadPages is -1*");
    }
}
