using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Tests.Runtimes;

public sealed class ContainerNameTests
{
    [Theory]
    [InlineData("web", true)]
    [InlineData("Web_1.2+3-4", true)]
    [InlineData("", false)]
    [InlineData("-force", false)]
    [InlineData("..", false)]
    [InlineData("../../srv", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\"b", false)]
    [InlineData("a\nb", false)]
    [InlineData("wéb", false)]
    public void IsValid_Name_KeepsOutWhatIsNoName(string name, bool isValid) => ContainerName.IsValid(name).Should().Be(isValid);

    [Fact]
    public void IsValid_LongName_IsNone() => ContainerName.IsValid(new string('a', 256)).Should().BeFalse();
}
